// The playground of a running Guildhall, in a real browser: `node --test` in this folder.
//
//   GUILDHALL_URL         where the server is, e.g. http://localhost:8080
//   GUILDHALL_LOGIN       a member's handle or e-mail address
//   GUILDHALL_PASSWORD    that member's password
//   GUILDHALL_SCREENSHOT  optional: a file to keep a picture in
//   CHROMIUM              optional: the browser, /usr/bin/chromium when not given
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Playground } from "./playground.mjs";

function env(name) {
  const value = process.env[name];
  assert.ok(value, `${name} is not set`);
  return value;
}

let playground;
let written;

before(async () => {
  playground = await Playground.open(env("GUILDHALL_URL"));
});

after(async () => {
  await playground?.close();
});

test("the page opens with its example tabs", async () => {
  assert.deepEqual(await playground.tabs(), [
    "Welcome",
    "Register",
    "SignIn",
    "CommunityFeed",
    "People",
    "WritePost",
    "HomeFeed",
  ]);
});

test("the bundle is the server's own, not the CDN's", async () => {
  assert.equal(await playground.page.locator("#notice").count(), 0);
});

test("a guest runs a query and reads its answer", async () => {
  const { data, errors } = await playground.run("Welcome");
  assert.equal(errors, undefined);
  assert.equal(typeof data.server.name, "string");
  assert.equal(data.viewer, null);
});

test("the documentation shows the root types", async () => {
  const docs = await playground.documentation();
  assert.match(docs, /query\s*:\s*Query/);
  assert.match(docs, /mutation\s*:\s*Mutation/);
});

test("signing in in one tab signs in the others", async () => {
  const variables = { login: env("GUILDHALL_LOGIN"), password: env("GUILDHALL_PASSWORD") };
  const { data } = await playground.run("SignIn", variables);
  assert.deepEqual(data.sessionCreate.userErrors, []);
  const { handle } = data.sessionCreate.viewer.profile;
  const home = await playground.run("HomeFeed");
  assert.equal(home.data.viewer.profile.handle, handle);
});

test("a signed-in member writes a post", async () => {
  const input = { body: "Written in the playground.", visibility: "MEMBERS" };
  const { data } = await playground.run("WritePost", { input });
  assert.deepEqual(data.postCreate.userErrors, []);
  written = data.postCreate.post.id;
  assert.match(written, /^post_[0-9a-z]{26}$/);
});

test("the community feed begins with that post", async () => {
  const { data, errors } = await playground.run("CommunityFeed");
  assert.equal(errors, undefined);
  assert.equal(data.feed.nodes[0].id, written);
  assert.match(data.feed.nodes[0].body.html, /Written in the playground\./);
  await playground.picture(process.env.GUILDHALL_SCREENSHOT);
});

test("a subscription is answered over the socket", async (t) => {
  if (!(await playground.subscriptions()).includes("viewerEvents")) {
    return t.skip("the schema has no viewerEvents");
  }
  await playground.write("subscription Events {\n  viewerEvents {\n    __typename\n  }\n}\n");
  const { data } = await playground.answerOf(() => playground.press());
  assert.equal(data.viewerEvents.__typename, "StreamReady");
  await playground.press();
});

test("the history lists what was run", async () => {
  const entries = await playground.history();
  for (const name of ["Welcome", "SignIn", "HomeFeed", "WritePost", "CommunityFeed"]) {
    assert.ok(entries.includes(name), `${name} is not among ${entries.join(", ")}`);
  }
});

test("the browser's storage does not hold the password", async () => {
  const stored = await playground.stored();
  assert.match(stored, /sessionCreate/);
  assert.ok(!stored.includes(env("GUILDHALL_PASSWORD")));
});

test("every request went to the server itself", () => {
  assert.ok(playground.requests.length > 6, `${playground.requests.length} requests`);
  assert.deepEqual(playground.requestsElsewhere(), []);
});

test("nothing was refused by the policy or complained about in the console", () => {
  assert.deepEqual(playground.complaints, []);
});
