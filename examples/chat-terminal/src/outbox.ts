import { randomUUID } from "node:crypto";

import { sleep, type Live } from "./live.js";
import { MessageSend, type Message } from "./operations.js";
import { accepted, Refused } from "./session.js";

/** How long to wait where the server can't take a line now. */
const WAIT_MS = 1_000;

/** Lines on their way. Each has a key of its own, by which the server knows it when it comes once more. */
export class Outbox {
  #last: Promise<unknown> = Promise.resolve();
  /** Lines that are not acknowledged. */
  waiting = 0;

  constructor(
    private readonly live: Live,
    private readonly conversation: string,
  ) {}

  /** Sends a line once all before it are acknowledged; answers the message, or throws what the server says. */
  send(body: string): Promise<Message> {
    const input = { conversation: this.conversation, body, clientKey: randomUUID() };
    this.waiting += 1;
    const sent = this.#last.then(() => this.#deliver(input)).finally(() => (this.waiting -= 1));
    // A line that is refused does not hold up those behind it.
    this.#last = sent.catch(() => undefined);
    return sent;
  }

  async #deliver(input: { conversation: string; body: string; clientKey: string }): Promise<Message> {
    for (;;) {
      try {
        const { message } = accepted((await this.live.ask(MessageSend, { input })).messageSend);
        if (message) return message;
      } catch (error) {
        if (!(error instanceof Refused && error.passes)) throw error;
      }
      await sleep(WAIT_MS);
    }
  }
}
