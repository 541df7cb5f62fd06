import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const BINARY = process.env.GUILDHALL_BINARY ?? "../../target/debug/guildhall";
export const PASSWORD = "four-walnut-trees";

/** A server with the demo's members, in a folder of its own, that can be killed and started again. */
export class Server {
  static async start(settings = {}) {
    const probe = createServer().listen(0, "127.0.0.1");
    await once(probe, "listening");
    const { port } = probe.address();
    probe.close();
    const server = new Server();
    server.folder = mkdtempSync(join(tmpdir(), "guildhall-example-"));
    server.url = `http://127.0.0.1:${port}`;
    server.environment = {
      PATH: process.env.PATH,
      GUILDHALL_LISTEN: `127.0.0.1:${port}`,
      GUILDHALL_DATA_DIR: server.folder,
      GUILDHALL_DEMO_PASSWORD: PASSWORD,
      ...settings,
    };
    await server.begin();
    return server;
  }

  async begin() {
    this.log = "";
    this.process = spawn(BINARY, ["serve", "--demo"], { env: this.environment, stdio: ["ignore", "ignore", "pipe"] });
    this.process.stderr.on("data", (chunk) => (this.log += chunk));
    for (let tries = 0; tries < 300; tries += 1) {
      if (this.process.exitCode !== null) break;
      const answer = await fetch(`${this.url}/readyz`).catch(() => null);
      if (answer?.ok) return;
      await sleep(100);
    }
    throw new Error(`The server did not get ready:\n${this.log}`);
  }

  /** Waits until it has logged something so many times. */
  async logs(words, times) {
    while (this.log.split(words).length <= times) await once(this.process.stderr, "data");
  }

  async kill() {
    this.process.kill("SIGKILL");
    await once(this.process, "exit");
  }

  /** Keeps what the server that was killed had. */
  backup() {
    cpSync(this.folder, `${this.folder}-backup`, { recursive: true });
  }

  restore() {
    rmSync(this.folder, { recursive: true });
    cpSync(`${this.folder}-backup`, this.folder, { recursive: true });
  }

  async stop() {
    if (this.process.exitCode === null && this.process.signalCode === null) await this.kill();
    for (const folder of [this.folder, `${this.folder}-backup`]) rmSync(folder, { recursive: true, force: true });
  }

  async ask(query, variables, token) {
    const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
    const answer = await fetch(`${this.url}/graphql`, { method: "POST", headers, body: JSON.stringify({ query, variables }) });
    const { data, errors } = await answer.json();
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  }

  /** Signs a member of the demo in; answers an access token. */
  async signIn(login) {
    const signIn = `mutation($password: PasswordSignIn!) {
      sessionCreate(input: { password: $password }) { session { accessToken } } }`;
    const { sessionCreate } = await this.ask(signIn, { password: { login, password: PASSWORD } });
    return sessionCreate.session.accessToken;
  }
}
