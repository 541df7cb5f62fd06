/** A file as the graph shows it. */
export interface File {
  id: string;
  name: string;
  mediaType: string;
  size: number;
  sha256: string;
  url: string;
}

/** An upload on its way. */
export interface Upload {
  id: string;
  url: string;
  uploadState: "RECEIVING" | "PROCESSING" | "READY" | "FAILED";
  failure: string | null;
  expiresAt: string;
  file: File | null;
}

const FILE = "id name mediaType size sha256 url(download: true)";
const UPLOAD = `id url uploadState failure expiresAt file { ${FILE} }`;

/** The graph of a server, as a member. */
export class Graph {
  #token: string | null = null;

  constructor(private readonly server: string) {}

  async signIn(login: string, password: string): Promise<void> {
    const { sessionCreate } = await this.#ask(
      `mutation($password: PasswordSignIn!) { sessionCreate(input: { password: $password }) {
        session { accessToken } userErrors { code message } } }`,
      { password: { login, password } },
    );
    this.#token = accepted(sessionCreate).session.accessToken;
  }

  /** Announces a file. The server answers where to send it; or the file, if it has these bytes already. */
  async start(input: Record<string, unknown>): Promise<{ upload: Upload | null; file: File | null }> {
    const { uploadStart } = await this.#ask(
      `mutation($input: UploadStartInput!) { uploadStart(input: $input) {
        upload { ${UPLOAD} } file { ${FILE} } userErrors { code message } } }`,
      { input },
    );
    return accepted(uploadStart);
  }

  /** An upload of ours; null when it is gone. */
  async upload(id: string): Promise<Upload | null> {
    const { node } = await this.#ask(`query($id: ID!) { node(id: $id) { ... on UploadSession { ${UPLOAD} } } }`, { id });
    return node as Upload | null;
  }

  async #ask(query: string, variables: Record<string, unknown>): Promise<Record<string, any>> {
    const response = await fetch(`${this.server}/graphql`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(this.#token && { authorization: `Bearer ${this.#token}` }),
      },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as { data?: Record<string, any>; errors?: { message: string }[] };
    if (errors?.[0] || !data) throw new Error(errors?.[0]?.message ?? `HTTP ${response.status}`);
    return data;
  }
}

/** Throws what a person can put right. */
function accepted<P extends { userErrors: { code: string; message: string }[] }>(payload: P): P {
  const error = payload.userErrors[0];
  if (error) throw new Error(`${error.message} (${error.code})`);
  return payload;
}
