import { createClient, type Client } from "graphql-ws";
import WebSocket from "ws";

import type { Operation } from "./operations.js";
import { dataOf, Refused, type Session } from "./session.js";

/** The first wait before connecting again, and the longest, in milliseconds. */
const WAIT_MS = { first: 250, longest: 15_000 };
/** How often the server is asked whether it is there, and how long it may take to say so. */
const PING_MS = { every: 10_000, answer: 5_000 };

/** Is told of the connection. */
export interface Weather {
  lost(): void;
  back(): void;
}

/** One WebSocket to the server, opened again whenever it is lost: operations that wait are then sent anew. */
export class Live {
  readonly #client: Client;

  constructor(url: string, session: Session, weather: Weather) {
    let silence: NodeJS.Timeout | undefined;
    let connected = false;
    this.#client = createClient({
      url: url.replace(/^http/, "ws"),
      webSocketImpl: WebSocket,
      connectionParams: async () => ({ authorization: `Bearer ${await session.accessToken()}` }),
      retryAttempts: Infinity,
      shouldRetry: (error) => !(error instanceof Refused && !error.passes),
      retryWait: (retries) => sleep(jittered(retries)),
      // A network that has died says nothing: without an answer to a ping, connect again.
      keepAlive: PING_MS.every,
      on: {
        connected: (_socket, _payload, again) => {
          connected = true;
          if (again) weather.back();
        },
        ping: (received) => {
          if (!received) silence = setTimeout(() => this.#client.terminate(), PING_MS.answer);
        },
        pong: (received) => {
          if (received) clearTimeout(silence);
        },
        closed: (event) => {
          clearTimeout(silence);
          const { code } = event as { code?: number };
          if (code === FORBIDDEN) session.forget();
          if (connected && code !== NORMAL) weather.lost();
          connected = false;
        },
      },
    });
  }

  /**
   * Asks once. When the connection is lost before the answer came, it is asked again: what changes
   * something must be safe to repeat.
   */
  ask = async <Data, Variables>(operation: Operation<Data, Variables>, variables: Variables): Promise<Data> => {
    for await (const data of this.events(operation, variables)) {
      return data;
    }
    throw new Error("The server has closed the connection.");
  };

  /**
   * Follows a subscription. After a lost connection it is opened with the variables as they are then: give
   * `after` as a getter.
   */
  async *events<Data, Variables>(operation: Operation<Data, Variables>, variables: Variables): AsyncGenerator<Data> {
    const payload = { query: operation.document, variables: variables as Record<string, unknown> };
    for await (const answer of this.#client.iterate(payload)) {
      yield dataOf<Data>(answer);
    }
  }

  async close(): Promise<void> {
    await this.#client.dispose();
  }
}

/** The code of a socket that we have closed ourselves. */
const NORMAL = 1000;
/** The code of a socket whose sign-in has ended. */
const FORBIDDEN = 4403;

/** Twice as long each time, and never the same for two clients: they would all come back at once. */
function jittered(retries: number): number {
  return Math.min(WAIT_MS.longest, WAIT_MS.first * 2 ** retries) * (0.5 + Math.random() / 2);
}

export const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
