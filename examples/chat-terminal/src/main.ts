import { stderr, stdin, stdout } from "node:process";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

import { Live, sleep } from "./live.js";
import { Conversations, ViewerEvents, type Message } from "./operations.js";
import { Outbox } from "./outbox.js";
import { Room } from "./room.js";
import { Session } from "./session.js";
import { aside, entry, line, question } from "./terminal.js";

const USAGE = `npm start -- [#channel or id] [--script | --watch N]

  without a conversation    lists what there is
  --script                  sends the lines of standard input, and ends once all are acknowledged
  --watch N                 prints what people send as lines of JSON, and ends after N

GUILDHALL_URL, GUILDHALL_LOGIN and GUILDHALL_PASSWORD say where, and as whom.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { script: { type: "boolean" }, watch: { type: "string" }, help: { type: "boolean" } },
});

/** How long leaving may take, in milliseconds. */
const FAREWELL_MS = 1_000;

const RESET = "what was missed can't be told any more: the page is loaded again";

let say = (text: string): void => void stderr.write(`${aside(text)}\n`);

async function main(): Promise<void> {
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const url = new URL("/graphql", process.env.GUILDHALL_URL ?? "http://127.0.0.1:8000").href;
  const login = process.env.GUILDHALL_LOGIN ?? (await question("Handle or e-mail: "));
  const password = process.env.GUILDHALL_PASSWORD ?? (await question("Password: ", true));
  const session = new Session(url, login, password);
  await session.accessToken();
  const live = new Live(url, session, {
    lost: () => say("the connection is lost; what you write is kept"),
    back: () => say("connected again"),
  });
  // Who can't be kept signed in this way is signed in again when the socket is closed for it.
  stayIn(live, session).catch(() => undefined);
  try {
    await use(live, login);
  } finally {
    // Not for long: what can't be reached need not be told.
    await Promise.race([live.close(), sleep(FAREWELL_MS)]);
  }
}

async function use(live: Live, login: string): Promise<void> {
  const name = positionals[0];
  if (!name) {
    await list(live);
  } else {
    const room = await Room.open(live, name);
    if (values.script) await script(new Outbox(live, room.conversation.id));
    else if (values.watch) await watch(room, Number(values.watch));
    else await talk(room, new Outbox(live, room.conversation.id), login);
  }
}

/** Renews the session over the socket whenever it is about to end. */
async function stayIn(live: Live, session: Session): Promise<void> {
  for await (const { viewerEvents: event } of live.events(ViewerEvents, {})) {
    if (event.__typename === "SessionExpiring") await session.renew(live.ask);
  }
}

async function list(live: Live): Promise<void> {
  const { viewer, channels } = await live.ask(Conversations, {});
  const own = viewer?.conversations.nodes ?? [];
  const known = new Set(own.map(({ id }) => id));
  for (const conversation of own) console.log(entry(conversation));
  const others = channels.nodes.filter(({ id }) => !known.has(id));
  if (others.length > 0) console.log(aside("channels you may join"));
  for (const conversation of others) console.log(entry(conversation));
}

async function script(outbox: Outbox): Promise<void> {
  const sent: Promise<unknown>[] = [];
  for await (const text of createInterface({ input: stdin })) {
    if (text.trim()) sent.push(outbox.send(text).then(print));
  }
  await Promise.all(sent);
}

async function watch(room: Room, count: number): Promise<void> {
  let left = count;
  for await (const reading of room.read()) {
    if (reading.kind === "ready") say(`watching ${room.conversation.id}`);
    if (reading.kind === "reset") say(RESET);
    if (reading.kind === "news" && reading.message.messageKind === "TEXT") {
      print(reading.message);
      left -= 1;
      if (left === 0) return;
    }
  }
  throw new Error("You may not hear this conversation any more.");
}

function print({ id, clientKey, author, createdAt, body }: Message): void {
  const text = body?.text ?? null;
  stdout.write(`${JSON.stringify({ id, clientKey, author: author?.handle ?? null, createdAt, text })}\n`);
}

async function talk(room: Room, outbox: Outbox, login: string): Promise<void> {
  console.log(entry(room.conversation));
  const input = createInterface({ input: stdin, output: stdout, prompt: "> " });
  const show = (text: string): void => {
    // Over the prompt, and the prompt again below it, with what was being written.
    stdout.write("\r\x1b[K");
    console.log(text);
    input.prompt(true);
  };
  say = (text) => show(aside(text));
  input.on("line", (text) => {
    // What was typed comes back as a message, in its place: once.
    if (stdout.isTTY) stdout.write("\x1b[A\x1b[K");
    if (text.trim()) {
      outbox.send(text).catch((error: Error) => show(aside(`not sent: ${error.message}`)));
    }
    input.prompt();
  });
  const left = new Promise<void>((done) => input.once("close", done));
  let marked = Promise.resolve();
  const reading = (async () => {
    for await (const reading of room.read()) {
      if (reading.kind === "reset") show(aside(RESET));
      if ("message" in reading) {
        show(line(reading.message, login));
        marked = room.markRead(reading.message);
      }
    }
    show(aside("you may not hear this conversation any more"));
  })();
  await Promise.race([left, reading]);
  await Promise.race([marked, sleep(FAREWELL_MS)]);
  if (outbox.waiting > 0) say(`${outbox.waiting} lines were not sent`);
}

main().then(
  () => process.exit(0),
  (error: Error) => {
    say(error.message || String(error));
    process.exit(1);
  },
);
