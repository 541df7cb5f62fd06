// Puts the audits of the npm package graphql-http to a running server, one after the other, and says what
// each found. Every audit must pass, the recommendations (SHOULD, MAY) like the requirements (MUST).
//
//   GUILDHALL_URL=http://127.0.0.1:4000 npm test

import { serverAudits } from "graphql-http";

/** How many audits the locked version holds: an update that drops some must not pass unseen. */
const EXPECTED = 61;

if (!process.env.GUILDHALL_URL) {
  console.error("Set GUILDHALL_URL to the address of the server, without the path.");
  process.exit(2);
}
const url = new URL("/graphql", process.env.GUILDHALL_URL).href;

let passed = 0;
let failed = 0;
for (const audit of serverAudits({ url })) {
  const result = await audit.fn();
  if (result.status === "ok") {
    passed += 1;
    console.log(`ok      ${result.id}  ${result.name}`);
  } else {
    failed += 1;
    console.log(`${result.status.padEnd(6)}  ${result.id}  ${result.name}`);
    console.log(`        ${result.reason}; answered ${await answer(result.response)}`);
  }
}

console.log(`GraphQL over HTTP at ${url}: ${passed} passed, ${failed} failed`);
if (passed + failed !== EXPECTED) {
  console.error(`${EXPECTED} audits were expected, ${passed + failed} were run.`);
}
process.exitCode = passed === EXPECTED && failed === 0 ? 0 : 1;

/** The answer in one line. The audit may have read the body already. */
async function answer(response) {
  const type = response.headers.get("content-type");
  const body = response.bodyUsed ? "" : (await response.text()).slice(0, 300);
  return `${response.status} ${type} ${body}`;
}
