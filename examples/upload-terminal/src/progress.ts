const WIDTH = 30;

/** A bar on a terminal; a line for every tenth elsewhere. */
export class Progress {
  readonly #began = Date.now();
  #first: number | null = null;
  #tenth = -1;

  constructor(private readonly name: string) {}

  show(sent: number, total: number): void {
    this.#first ??= sent;
    const part = total === 0 ? 1 : sent / total;
    const seconds = (Date.now() - this.#began) / 1000;
    const speed = seconds > 0 ? (sent - this.#first) / seconds : 0;
    const words = `${this.name}  ${megabytes(sent)} of ${megabytes(total)} MB  ${megabytes(speed)} MB/s`;
    if (process.stderr.isTTY) {
      const full = Math.round(part * WIDTH);
      process.stderr.write(`\r[${"#".repeat(full)}${".".repeat(WIDTH - full)}] ${words}\u001b[K`);
    } else if (Math.floor(part * 10) > this.#tenth) {
      this.#tenth = Math.floor(part * 10);
      process.stderr.write(`${Math.floor(part * 100)} %  ${words}\n`);
    }
  }

  say(words: string): void {
    process.stderr.write(process.stderr.isTTY ? `\r${words}\u001b[K\n` : `${words}\n`);
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
