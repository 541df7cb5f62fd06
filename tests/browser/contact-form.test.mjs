// The contact form of `examples/contact-form`, on a site of its own, in a real browser. Variables as for the playground.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { chromium } from "playwright-core";

const FOLDER = new URL("../../examples/contact-form/", import.meta.url);
const TYPES = { "contact.js": "text/javascript", "index.html": "text/html" };

function env(name) {
  const value = process.env[name];
  assert.ok(value, `${name} is not set`);
  return value;
}

async function ask(query, variables, token) {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const body = JSON.stringify({ query, variables });
  const response = await fetch(new URL("/graphql", env("GUILDHALL_URL")), { body, headers, method: "POST" });
  const { data, errors } = await response.json();
  assert.equal(errors, undefined);
  return data;
}

let site;
let origin;
let browser;
let page;
let token;
let form;

/** Lets these sites send the form. */
async function allow(allowedOrigins) {
  const save = `mutation ($id: ID!, $input: FormInput!) {
    formSave(id: $id, input: $input) { userErrors { code path } }
  }`;
  const { formSave } = await ask(save, { id: form, input: { allowedOrigins } }, token);
  assert.deepEqual(formSave.userErrors, []);
}

before(async () => {
  site = createServer(async (request, response) => {
    const name = request.url === "/" ? "index.html" : request.url.slice(1);
    if (!TYPES[name]) return response.writeHead(404).end();
    const text = await readFile(new URL(name, FOLDER), "utf8");
    const here = text.replace("http://localhost:8080", env("GUILDHALL_URL"));
    response.writeHead(200, { "content-type": TYPES[name] }).end(here);
  });
  await new Promise((listening) => site.listen(0, "127.0.0.1", listening));
  origin = `http://127.0.0.1:${site.address().port}`;
  const input = { password: { login: env("GUILDHALL_LOGIN"), password: env("GUILDHALL_PASSWORD") } };
  const signIn = `mutation ($input: SessionCreateInput!) {
    sessionCreate(input: $input) { session { accessToken } userErrors { code } }
  }`;
  token = (await ask(signIn, { input })).sessionCreate.session.accessToken;
  form = (await ask('{ form(by: { slug: "speak" }) { id } }')).form.id;
  const executablePath = process.env.CHROMIUM || "/usr/bin/chromium";
  browser = await chromium.launch({ args: ["--headless", "--no-sandbox", "--disable-gpu"], executablePath });
  page = await browser.newPage();
});

after(async () => {
  await browser?.close();
  site?.close();
});

test("a page of a site that is not allowed reads nothing", async () => {
  await page.goto(origin);
  await page.getByText("No form:").waitFor();
});

test("a page of an allowed site shows the form", async () => {
  await allow([origin]);
  await page.goto(origin);
  await page.getByRole("heading", { name: "Speak at a meetup" }).waitFor();
  assert.equal(await page.locator("[data-field]").count(), 6);
});

test("what is wrong is said at each question, and nothing is sent", async () => {
  await page.getByLabel("Your name").fill("Grace");
  await page.getByLabel("Your address").fill("grace");
  await page.getByRole("button", { name: "Send" }).click();
  await page.locator('[data-field="email"] .problem').getByText("write a whole address").waitFor();
  assert.match(await page.locator('[data-field="title"] .problem').textContent(), /answer this/);
  assert.match(await page.locator("#problem").textContent(), /agreed to/);
  assert.equal(await page.locator('[data-field="name"] .problem').textContent(), "");
});

test("the form is sent with a file, after a proof of work", async () => {
  await page.getByLabel("Your address").fill("grace@example.com");
  await page.getByLabel("Title of the talk").fill("Looms that count");
  await page.getByLabel("Forty minutes").check();
  await page.getByLabel("Earliest day").fill("2030-05-04");
  const buffer = Buffer.from("What I would like to show.");
  await page.getByLabel("Notes or slides").setInputFiles({ buffer, mimeType: "text/plain", name: "notes.txt" });
  await page.getByLabel("You may keep this").check();
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("Thank you! Your number is").waitFor({ timeout: 60_000 });
  assert.match(await page.locator("code").textContent(), /^[\w-]{22}$/);
  const came = `{ form(by: { id: "${form}" }) { openCount } admin { submissions(first: 1) {
    nodes { form { id } senderEmail values { field files { name size } } }
  } } }`;
  const { admin, form: counts } = await ask(came, {}, token);
  assert.ok(counts.openCount >= 1);
  const [{ form: of, senderEmail, values }] = admin.submissions.nodes;
  assert.deepEqual([of.id, senderEmail], [form, "grace@example.com"]);
  const notes = values.find(({ field }) => field === "notes");
  assert.deepEqual(notes.files, [{ name: "notes.txt", size: buffer.length }]);
});
