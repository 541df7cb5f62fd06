// GraphiQL keeps tabs and history in the browser's storage. Passwords typed into them have no
// place there: they are blanked on the way in, and work until the page is left.
const SECRET =
  /("?\w*(?:password|refreshToken|secret)"?\s*:\s*)("""[\s\S]*?(?:"""|$)|"(?:[^"\\\n]|\\.)*"?)/gi;

// Values under these keys are JSON that holds documents and variables as strings.
const NESTED = ["graphiql:tabState", "graphiql:queries", "graphiql:favorites"];

export function withoutSecrets(text) {
  return text.replace(SECRET, '$1""');
}

function cleaned(key, value) {
  if (!NESTED.includes(key)) {
    return withoutSecrets(value);
  }
  const clean = (_key, inner) => (typeof inner === "string" ? withoutSecrets(inner) : inner);
  return JSON.stringify(JSON.parse(value), clean);
}

function ownKeys() {
  return Object.keys(localStorage).filter((key) => key.startsWith("graphiql:"));
}

export const storage = {
  getItem: (key) => localStorage.getItem(key),
  setItem: (key, value) => localStorage.setItem(key, cleaned(key, value)),
  removeItem: (key) => localStorage.removeItem(key),
  clear: () => ownKeys().forEach((key) => localStorage.removeItem(key)),
  get length() {
    return ownKeys().length;
  },
};
