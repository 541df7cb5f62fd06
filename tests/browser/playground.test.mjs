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

/** Asks the server as another program would; answers the only field of the data. */
async function ask(query, variables, token) {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const body = JSON.stringify({ query, variables });
  const response = await fetch(new URL("/graphql", env("GUILDHALL_URL")), { body, headers, method: "POST" });
  const { data, errors } = await response.json();
  assert.equal(errors, undefined);
  const [payload] = Object.values(data);
  assert.deepEqual(payload.userErrors, []);
  return payload;
}

/** An access token of the member, for a session beside that of the browser. */
async function accessToken() {
  const input = { password: { login: env("GUILDHALL_LOGIN"), password: env("GUILDHALL_PASSWORD") } };
  const { session } = await ask(
    `mutation ($input: SessionCreateInput!) {
      sessionCreate(input: $input) { session { accessToken } userErrors { code } }
    }`,
    { input },
  );
  return session.accessToken;
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
    "Gallery",
    "WritePost",
    "HomeFeed",
    "Channel",
    "SendMessage",
    "ConversationEvents",
    "ViewerEvents",
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

test("a member follows what concerns them, over a socket that the cookie signs in", async () => {
  const { data, errors } = await playground.run("ViewerEvents");
  assert.equal(errors, undefined);
  assert.equal(data.viewerEvents.__typename, "StreamReady");
  assert.deepEqual(playground.greetings.pop(), { type: "connection_init", payload: {} });
  await playground.press();
});

test("what another client writes shows in an open conversation", async () => {
  const { data } = await playground.run("Channel");
  const { id, eventCursor } = data.conversation;
  const ready = await playground.run("ConversationEvents", { id, after: eventCursor });
  assert.equal(ready.data.conversationEvents.__typename, "StreamReady");
  const token = await accessToken();
  const said = `Written beside the playground at ${Date.now()}.`;
  const heard = await playground.answerOf(() =>
    ask(
      `mutation ($input: MessageSendInput!) {
        messageSend(input: $input) { message { id } userErrors { code } }
      }`,
      { input: { conversation: id, body: said, clientKey: crypto.randomUUID() } },
      token,
    ),
  );
  assert.equal(heard.data.conversationEvents.__typename, "MessageAdded");
  assert.equal(heard.data.conversationEvents.message.body.text, said);
  await playground.press();
});

test("a message from the playground is there when the channel is read again", async () => {
  const { data } = await playground.run("Channel");
  const { id } = data.conversation;
  const body = `Written in the playground at ${Date.now()}.`;
  const sent = await playground.run("SendMessage", { input: { conversation: id, body, clientKey: body } });
  assert.deepEqual(sent.data.messageSend.userErrors, []);
  const again = await playground.run("Channel");
  assert.equal(again.data.conversation.messages.nodes.at(-1).body.text, body);
});

test("who was signed out by time is signed in again by the other cookie", async () => {
  await playground.forget("__Host-guildhall_access");
  const before = await playground.run("HomeFeed");
  assert.equal(before.data.viewer, null);
  await playground.write("mutation Renew {\n  sessionRefresh {\n    userErrors {\n      code\n    }\n  }\n}\n");
  const { data } = await playground.answerOf(() => playground.press());
  assert.deepEqual(data.sessionRefresh.userErrors, []);
  const after = await playground.run("ViewerEvents");
  assert.equal(after.data.viewerEvents.__typename, "StreamReady");
  await playground.press();
});

test("without the cookie, a socket is signed in by the headers of the tab", async () => {
  const token = await accessToken();
  await playground.forget();
  const refused = await playground.run("ViewerEvents");
  assert.equal(refused.errors[0].extensions.code, "UNAUTHENTICATED");
  await playground.headers({ Authorization: `Bearer ${token}` });
  const { data } = await playground.answerOf(() => playground.press());
  assert.equal(data.viewerEvents.__typename, "StreamReady");
  const payload = { Authorization: `Bearer ${token}` };
  assert.deepEqual(playground.greetings.pop(), { type: "connection_init", payload });
  await playground.press();
  const stored = await playground.stored();
  assert.ok(!stored.includes(token));
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
