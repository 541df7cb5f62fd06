import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { PASSWORD, Server } from "../../testing/server.mjs";

const MB = 1_000_000;

/** The example, as a member. */
class Client {
  constructor(server, folder, ...options) {
    const environment = {
      PATH: process.env.PATH,
      GUILDHALL_URL: server.url,
      GUILDHALL_LOGIN: "ada",
      GUILDHALL_PASSWORD: PASSWORD,
      GUILDHALL_UPLOADS: join(folder, "uploads.json"),
    };
    this.process = spawn(process.execPath, ["dist/main.js", ...options], { env: environment });
    this.out = "";
    this.aside = "";
    this.hasEnded = false;
    this.process.stdout.on("data", (chunk) => (this.out += chunk));
    this.process.stderr.on("data", (chunk) => (this.aside += chunk));
    this.ended = once(this.process, "close").then(([code]) => {
      this.hasEnded = true;
      return code;
    });
  }

  /** Waits until it has shown a part of the whole, in percent. */
  async shows(percent) {
    const parts = () => [...this.aside.matchAll(/^(\d+) %/gm)].map(([, part]) => Number(part));
    while (!parts().some((part) => part >= percent)) {
      if (this.hasEnded) throw new Error(`It ended, and said:\n${this.aside}`);
      await Promise.race([once(this.process.stderr, "data"), this.ended]);
    }
  }
}

/** A film of so many bytes, all but its first 24 of which are noise. */
function film(folder, bytes) {
  const head = Buffer.from("\0\0\0\x18ftypisom\0\0\x02\0isommp42", "latin1");
  const content = Buffer.concat([head, randomBytes(bytes - head.length)]);
  const path = join(folder, "film.mp4");
  writeFileSync(path, content);
  return { path, sha256: createHash("sha256").update(content).digest("hex") };
}

async function serve(t) {
  const server = await Server.start();
  const folder = mkdtempSync(join(tmpdir(), "guildhall-upload-"));
  const clients = [];
  t.after(async () => {
    for (const client of clients) client.process.kill("SIGKILL");
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const run = (...options) => {
    const client = new Client(server, folder, ...options);
    clients.push(client);
    return client;
  };
  return { server, folder, run };
}

/** The hash of what an address answers. */
async function fetched(url) {
  const response = await fetch(url);
  assert.equal(response.status, 200);
  const hash = createHash("sha256");
  for await (const piece of response.body) hash.update(piece);
  return hash.digest("hex");
}

const options = { timeout: 180_000 };

test("a film of 100 MB arrives whole, though client and server are killed on the way", options, async (t) => {
  const { server, folder, run } = await serve(t);
  const { path, sha256 } = film(folder, 100 * MB);

  const first = run(path);
  await first.shows(20);
  first.process.kill("SIGKILL");
  await first.ended;

  const second = run(path);
  await second.shows(40);
  assert.match(second.aside, /going on with upload_/);
  // It does not begin anew.
  assert.doesNotMatch(second.aside, /^0 %/m);
  await server.kill();
  await sleep(1_000);
  await server.begin();
  assert.equal(await second.ended, 0, second.aside);
  assert.match(second.aside, /the connection is lost/);

  const file = JSON.parse(second.out);
  assert.deepEqual([file.name, file.mediaType, file.size, file.sha256], ["film.mp4", "video/mp4", 100 * MB, sha256]);
  assert.equal(await fetched(file.url), sha256);

  // Its bytes are known now.
  const third = run(path);
  assert.equal(await third.ended, 0, third.aside);
  assert.match(third.aside, /has these bytes already/);
  assert.equal(JSON.parse(third.out).sha256, sha256);
});

test("what the server does not take is said in words", options, async (t) => {
  const { folder, run } = await serve(t);
  const path = join(folder, "page.png");
  writeFileSync(path, "<!doctype html><script>alert(1)</script>");
  const client = run(path);
  assert.equal(await client.ended, 1);
  assert.equal(client.out, "");
  assert.match(client.aside, /kind|type|not taken|can't be kept/i);
});
