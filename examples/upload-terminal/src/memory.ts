import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** Which uploads are on their way: a small file, so that another run goes on where one was cut off. */
export class Memory {
  readonly #path =
    process.env["GUILDHALL_UPLOADS"] ??
    join(process.env["XDG_STATE_HOME"] ?? join(homedir(), ".local", "state"), "guildhall", "uploads.json");

  /** The id of the upload of these bytes to this server, if one was begun. */
  async recall(server: string, sha256: string): Promise<string | undefined> {
    return (await this.#read())[`${server} ${sha256}`];
  }

  async note(server: string, sha256: string, id: string | undefined): Promise<void> {
    const all = await this.#read();
    if (id) all[`${server} ${sha256}`] = id;
    else delete all[`${server} ${sha256}`];
    await mkdir(dirname(this.#path), { recursive: true });
    // In one step: whoever is killed while writing leaves the old list.
    await writeFile(`${this.#path}.new`, JSON.stringify(all, null, 2));
    await rename(`${this.#path}.new`, this.#path);
  }

  async #read(): Promise<Record<string, string>> {
    try {
      return JSON.parse(await readFile(this.#path, "utf8")) as Record<string, string>;
    } catch {
      return {};
    }
  }
}
