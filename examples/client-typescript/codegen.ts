import type { CodegenConfig } from "@graphql-codegen/cli";

/** Types for every operation in src/, made from the contract at the root of the repository. */
const config: CodegenConfig = {
  schema: "../../schema.graphql",
  documents: ["src/**/*.ts", "!src/gql/**"],
  importExtension: ".js",
  generates: {
    "./src/gql/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        // What the scalars are in JSON: nearly all of them are texts with a format.
        defaultScalarType: "string",
        scalars: { JSON: "unknown" },
      },
    },
  },
};

export default config;
