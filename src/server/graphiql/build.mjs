// Bundles the playground into the folder named by the first argument ("dist" when there is none):
// index.html as it is, everything else gzipped, under names that change with the content.
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";

import { build } from "esbuild";

const folder = process.argv[2] ?? "dist";

const common = {
  bundle: true,
  charset: "utf8",
  define: { "process.env.NODE_ENV": '"production"' },
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  jsx: "automatic",
  legalComments: "none",
  loader: { ".graphql": "text", ".ttf": "file", ".variables.json": "text" },
  logLevel: "warning",
  metafile: true,
  minify: true,
  outdir: folder,
  target: ["chrome109", "firefox115", "safari16.4"],
  write: false,
};

const workers = await build({
  ...common,
  entryPoints: {
    "editor.worker": "monaco-editor/esm/vs/editor/editor.worker.js",
    "graphql.worker": "monaco-graphql/esm/graphql.worker.js",
    "json.worker": "monaco-editor/esm/vs/language/json/json.worker.js",
  },
  format: "iife",
});

function named(result, start, end) {
  const names = result.outputFiles.map((file) => basename(file.path));
  const name = names.find((each) => each.startsWith(`${start}-`) && each.endsWith(end));
  if (!name) {
    throw new Error(`the bundle has no ${start}-*${end}`);
  }
  return name;
}

const page = await build({
  ...common,
  define: {
    ...common.define,
    EDITOR_WORKER: JSON.stringify(named(workers, "editor.worker", ".js")),
    GRAPHQL_WORKER: JSON.stringify(named(workers, "graphql.worker", ".js")),
    JSON_WORKER: JSON.stringify(named(workers, "json.worker", ".js")),
  },
  entryPoints: { playground: "main.jsx" },
  format: "esm",
});

// What the bundle contains is passed on in the binary, so its licences are passed on too.
async function licences() {
  const inputs = [page, workers].flatMap((result) => Object.keys(result.metafile.inputs));
  const roots = inputs.map((path) => path.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0]);
  const parts = [];
  for (const root of [...new Set(roots.filter(Boolean))].sort()) {
    const { name, version, license } = JSON.parse(await readFile(join(root, "package.json")));
    const texts = (await readdir(root)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
    const bodies = await Promise.all(texts.sort().map((file) => readFile(join(root, file), "utf8")));
    parts.push(`${name} ${version} (${license})\n\n${bodies.join("\n\n").trim()}\n`);
  }
  return parts.join(`\n${"-".repeat(80)}\n\n`);
}

await rm(folder, { force: true, recursive: true });
await mkdir(folder, { recursive: true });

const files = [...workers.outputFiles, ...page.outputFiles];
const contents = new Map(files.map((file) => [basename(file.path), file.contents]));
contents.set("licences.txt", await licences());
for (const [name, content] of contents) {
  await writeFile(join(folder, `${name}.gz`), gzipSync(content, { level: 9 }));
}

const template = await readFile("index.html", "utf8");
const html = template
  .replace("{{script}}", named(page, "playground", ".js"))
  .replace("{{style}}", named(page, "playground", ".css"));
await writeFile(join(folder, "index.html"), html);
