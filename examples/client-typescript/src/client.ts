import { ApolloClient, HttpLink, InMemoryCache } from "@apollo/client";
import { SetContextLink } from "@apollo/client/link/context";

/** A client, and the way to tell it who is asking. */
export interface Guildhall {
  client: ApolloClient;
  /** From now on every request carries this access token. Kept in memory only. */
  signInWith(accessToken: string): void;
}

/** A client of the server at `address`, for example `http://127.0.0.1:4000`. */
export function connect(address: string): Guildhall {
  let token: string | undefined;
  const authorize = new SetContextLink(({ headers }) => ({
    headers: token ? { ...headers, authorization: `Bearer ${token}` } : headers,
  }));
  const http = new HttpLink({ uri: new URL("/graphql", address).href });
  return {
    client: new ApolloClient({ link: authorize.concat(http), cache: new InMemoryCache() }),
    signInWith: (accessToken) => {
      token = accessToken;
    },
  };
}

/** The part that all payloads share. */
interface Payload {
  userErrors: { code: string; message: string; path: string[] }[];
}

/** The payload of a mutation that did what was asked; otherwise an error that says what was wrong. */
export function accepted<P extends Payload>(payload: P | null | undefined): P {
  if (!payload) {
    throw new Error("The server answered without data.");
  }
  if (payload.userErrors.length > 0) {
    throw new Error(
      payload.userErrors
        .map(({ code, message, path }) => `${path.join(".")}: ${message} (${code})`)
        .join("\n"),
    );
  }
  return payload;
}
