import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { parseArgs } from "node:util";

import { Graph, type File } from "./graph.js";
import { Memory } from "./memory.js";
import { Progress } from "./progress.js";
import { send } from "./send.js";

const USAGE = `npm start -- [--public] [--alt TEXT] FILE...

Uploads files and prints what they became as lines of JSON. Run it again after it was cut off: it goes on.
GUILDHALL_URL (http://127.0.0.1:8000), GUILDHALL_LOGIN and GUILDHALL_PASSWORD say where and as whom.
`;

async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest("hex");
}

async function upload(graph: Graph, server: string, path: string, options: Options): Promise<File> {
  const memory = new Memory();
  const { size } = await stat(path);
  const hash = await sha256(path);
  const progress = new Progress(basename(path));
  const begun = await memory.recall(server, hash);
  let session = begun ? await graph.upload(begun) : null;
  if (session && session.uploadState !== "FAILED") {
    progress.say(`going on with ${session.id}`);
  } else {
    const input = {
      name: basename(path),
      size,
      sha256: hash,
      altText: options.alt ?? null,
      visibility: options.public ? "PUBLIC" : "PRIVATE",
    };
    const started = await graph.start(input);
    if (started.file) {
      progress.say("the server has these bytes already");
      return started.file;
    }
    session = started.upload!;
    await memory.note(server, hash, session.id);
  }
  if (!session.file) await send(path, size, session.url, progress);
  const done = await graph.upload(session.id);
  await memory.note(server, hash, undefined);
  if (!done?.file) throw new Error(done?.failure ?? "the upload is gone: run this again");
  return done.file;
}

interface Options {
  public?: boolean | undefined;
  alt?: string | undefined;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { public: { type: "boolean" }, alt: { type: "string" }, help: { type: "boolean" } },
});
const server = (process.env["GUILDHALL_URL"] ?? "http://127.0.0.1:8000").replace(/\/$/, "");
const { GUILDHALL_LOGIN: login, GUILDHALL_PASSWORD: password } = process.env;
if (values.help || positionals.length === 0 || !login || !password) {
  process.stderr.write(USAGE);
  process.exit(values.help ? 0 : 2);
}
try {
  const graph = new Graph(server);
  await graph.signIn(login, password);
  for (const path of positionals) {
    process.stdout.write(`${JSON.stringify(await upload(graph, server, path, values))}\n`);
  }
} catch (error) {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
