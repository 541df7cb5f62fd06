import {
  SessionCreate,
  SessionRefresh,
  type AuthPayload,
  type Operation,
  type Tokens,
} from "./operations.js";

/** An access token that ends sooner is renewed before it opens a connection. */
const SPARE_MS = 30_000;

/** Refusals that pass by themselves. */
const PASSING = new Set(["INTERNAL", "RATE_LIMITED", "TIMEOUT", "UNAVAILABLE"]);

type Ask = <Data, Variables>(operation: Operation<Data, Variables>, variables: Variables) => Promise<Data>;

/** Who is signed in. Tokens are kept in memory only. */
export class Session {
  #tokens: Tokens | null = null;

  constructor(
    private readonly url: string,
    private readonly login: string,
    private readonly password: string,
  ) {}

  /** An access token that is good for a while: renewed, or by signing in again, where it has to be. */
  async accessToken(): Promise<string> {
    if (!this.#tokens || Date.parse(this.#tokens.expiresAt) - Date.now() < SPARE_MS) {
      await this.renew(this.#post);
    }
    return this.#tokens!.accessToken;
  }

  /** Renews the session, over whatever asks: over a WebSocket, that socket stays signed in, too. */
  async renew(ask: Ask): Promise<void> {
    const refreshToken = this.#tokens?.refreshToken;
    this.#tokens = null;
    if (refreshToken) {
      try {
        this.#tokens = tokens((await ask(SessionRefresh, { refreshToken })).sessionRefresh);
        return;
      } catch (error) {
        // A token is good once: after a lost answer, the password is the way back in.
        if (!(error instanceof Refused)) throw error;
      }
    }
    const { login, password } = this;
    this.#tokens = tokens((await ask(SessionCreate, { login, password })).sessionCreate);
  }

  /** Forgets the access token: the server does not take it any more. */
  forget(): void {
    if (this.#tokens) this.#tokens.expiresAt = new Date(0).toISOString();
  }

  #post: Ask = async (operation, variables) => {
    const response = await fetch(this.url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({ query: operation.document, variables }),
    }).catch((cause: unknown) => {
      throw new Error(`${this.url} can't be reached.`, { cause });
    });
    return dataOf((await response.json()) as Answer);
  };
}

/** The server's own word that it will not do what was asked. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }

  /** Whether it is likely to go well later. */
  get passes(): boolean {
    return PASSING.has(this.code);
  }
}

interface Answer {
  data?: unknown;
  errors?: readonly { message: string; extensions?: Record<string, unknown> | undefined }[] | undefined;
}

/** The data of an answer, or its first error. */
export function dataOf<Data>(answer: Answer): Data {
  const error = answer.errors?.[0];
  if (error) {
    throw new Refused(String(error.extensions?.["code"] ?? "UNKNOWN"), error.message);
  }
  return answer.data as Data;
}

/** Throws what a person can put right. */
export function accepted<P extends { userErrors: { code: string; message: string }[] }>(payload: P): P {
  const error = payload.userErrors[0];
  if (error) {
    throw new Refused(error.code, error.message);
  }
  return payload;
}

function tokens(payload: AuthPayload): Tokens {
  const { session } = accepted(payload);
  if (!session) {
    throw new Refused("UNKNOWN", "The server asks for more than a password.");
  }
  return session;
}
