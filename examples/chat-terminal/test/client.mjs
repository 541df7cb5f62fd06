import { spawn } from "node:child_process";
import { once } from "node:events";

import { PASSWORD } from "../../testing/server.mjs";

/** Makes a channel, as ada. */
export async function channel(server, slug) {
  const create = `mutation($input: ChannelCreateInput!) {
    channelCreate(input: $input) { conversation { id } userErrors { message } } }`;
  const input = { slug, title: "The workshop" };
  const { channelCreate } = await server.ask(create, { input }, await server.signIn("ada"));
  return channelCreate.conversation.id;
}

/** The client, as a member. */
export class Client {
  constructor(server, login, ...options) {
    const environment = {
      PATH: process.env.PATH,
      GUILDHALL_URL: server.url,
      GUILDHALL_LOGIN: login,
      GUILDHALL_PASSWORD: PASSWORD,
    };
    this.process = spawn(process.execPath, ["dist/main.js", ...options], { env: environment });
    this.out = "";
    this.aside = "";
    this.process.stdout.on("data", (chunk) => (this.out += chunk));
    this.process.stderr.on("data", (chunk) => (this.aside += chunk));
    this.hasEnded = false;
    this.ended = once(this.process, "close").then(([code]) => {
      this.hasEnded = true;
      return code;
    });
  }

  /** Waits until it says something on standard error. */
  says(words) {
    return this.#until(() => this.aside.includes(words));
  }

  /** Waits until it shows something on standard output. */
  shows(words) {
    return this.#until(() => this.out.includes(words));
  }

  /** Waits until it has printed a message. */
  hears(text) {
    return this.#until(() => this.messages.some((message) => message.text === text));
  }

  async #until(isSo) {
    while (!isSo()) {
      if (this.hasEnded) throw new Error(`It ended, and said:\n${this.aside}`);
      const { stdout, stderr } = this.process;
      await Promise.race([once(stdout, "data"), once(stderr, "data"), this.ended]);
    }
  }

  write(text) {
    this.process.stdin.write(`${text}\n`);
  }

  /** What it printed. */
  get messages() {
    return this.out.split("\n").slice(0, -1).map((line) => JSON.parse(line));
  }
}
