// Monaco asks for its workers by label. They are files of their own, beside this script, so that
// the page's policy can forbid workers made from blobs. The names come from build.mjs.
const files = {
  graphql: GRAPHQL_WORKER,
  json: JSON_WORKER,
};

globalThis.MonacoEnvironment = {
  getWorker: (_id, label) =>
    new Worker(new URL(files[label] ?? EDITOR_WORKER, import.meta.url), { name: label }),
};
