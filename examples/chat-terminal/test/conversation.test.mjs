import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { Server } from "../../testing/server.mjs";
import { Client, channel } from "./client.mjs";

/** Starts a server for one test. */
async function serve(t, settings) {
  const server = await Server.start(settings);
  const clients = [];
  t.after(async () => {
    for (const client of clients) client.process.kill("SIGKILL");
    await server.stop();
  });
  const join = (login, ...options) => {
    const client = new Client(server, login, ...options);
    clients.push(client);
    return client;
  };
  return { server, join };
}

const options = { timeout: 60_000 };

test("every line is read once and in order, though the server is killed in mid-conversation", options, async (t) => {
  const { server, join } = await serve(t);
  await channel(server, "workshop");
  const lines = Array.from({ length: 200 }, (_, place) => `line ${place}`);
  const readers = ["ben", "ada"].map((login) => join(login, "workshop", "--watch", String(lines.length)));
  await Promise.all(readers.map((reader) => reader.says("watching")));
  const writer = join("ada", "workshop", "--script");
  for (const [place, line] of lines.entries()) {
    writer.write(line);
    if (place % 70 === 50) {
      // It is signed in, and in the middle of it.
      await writer.hears(lines[place - 50]);
      await server.kill();
      await sleep(300);
      await server.begin();
    }
    await sleep(10);
  }
  writer.process.stdin.end();
  assert.equal(await writer.ended, 0, writer.aside);
  assert.match(writer.aside, /the connection is lost/);
  assert.deepEqual(writer.messages.map(({ text }) => text), lines);
  for (const reader of readers) {
    assert.equal(await reader.ended, 0, reader.aside);
    assert.match(reader.aside, /connected again/);
    assert.deepEqual(reader.messages, writer.messages);
  }
});

test("a session is renewed on its socket before it ends", options, async (t) => {
  const { server, join } = await serve(t, { GUILDHALL_ACCESS_TOKEN_LIFE: "10s" });
  const id = await channel(server, "workshop");
  const [reader, writer] = [join("ben", "workshop", "--watch", "2"), join("ada", id, "--script")];
  await reader.says(`watching ${id}`);
  writer.write("before");
  await sleep(15_000);
  writer.write("after");
  writer.process.stdin.end();
  assert.deepEqual([await reader.ended, await writer.ended], [0, 0], reader.aside + writer.aside);
  assert.deepEqual(reader.messages.map(({ text }) => text), ["before", "after"]);
  assert.doesNotMatch(reader.aside + writer.aside, /the connection is lost/);
});

test("the page is loaded again after the server was restored to an earlier moment", options, async (t) => {
  const { server, join } = await serve(t);
  await channel(server, "workshop");
  const reader = join("ben", "workshop", "--watch", "3");
  await reader.says("watching");
  const write = async (text) => {
    const writer = join("ada", "workshop", "--script");
    writer.write(text);
    writer.process.stdin.end();
    assert.equal(await writer.ended, 0, writer.aside);
  };
  await write("kept");
  await server.kill();
  server.backup();
  await server.begin();
  await write("lost");
  await reader.hears("lost");
  await server.kill();
  server.restore();
  await server.begin();
  await reader.says("the page is loaded again");
  await write("after all");
  assert.equal(await reader.ended, 0, reader.aside);
  assert.deepEqual(reader.messages.map(({ text }) => text), ["kept", "lost", "after all"]);
});

test("what was shown is read, and who leaves says so", options, async (t) => {
  const { server, join } = await serve(t);
  await channel(server, "workshop");
  const visit = async (text) => {
    const reader = join("ben", "workshop");
    await reader.shows(text);
    reader.process.stdin.end();
    assert.equal(await reader.ended, 0, reader.aside);
    assert.equal(reader.aside, "");
  };
  const listed = async () => {
    const list = join("ben");
    assert.equal(await list.ended, 0, list.aside);
    return list.out.split("\n").find((line) => line.startsWith("#workshop"));
  };
  await visit("#workshop");
  const writer = join("ada", "workshop", "--script");
  writer.write("A word.");
  writer.process.stdin.end();
  assert.equal(await writer.ended, 0, writer.aside);
  assert.equal(await listed(), "#workshop  The workshop 1 new");
  await visit("A word.");
  assert.equal(await listed(), "#workshop  The workshop");
  await server.logs("code=1000", 5);
  assert.doesNotMatch(server.log, /code=1006/);
});

test("it lists the channels, and says what is wrong", options, async (t) => {
  const { server, join } = await serve(t);
  const id = await channel(server, "workshop");
  const [owner, other] = [join("ada"), join("ben")];
  assert.deepEqual([await owner.ended, await other.ended], [0, 0], owner.aside + other.aside);
  assert.match(owner.out, /#workshop {2}The workshop/);
  assert.match(other.out, /channels you may join\n.*#workshop {2}The workshop/s);
  const stranger = join("nobody", id, "--watch", "1");
  assert.equal(await stranger.ended, 1);
  assert.match(stranger.aside, /password/);
  const lost = join("ada", "nowhere", "--watch", "1");
  assert.equal(await lost.ended, 1);
  assert.match(lost.aside, /no conversation nowhere/);
});
