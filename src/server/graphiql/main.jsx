import "./workers.js";
import "graphiql/style.css";
import "./page.css";

import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";

import { examples } from "./examples.js";
import { storage } from "./storage.js";

// Relative to the page, so that it also works where a proxy serves Guildhall below a path.
const endpoint = new URL("graphql", window.location.href);
const socket = new URL(endpoint);
socket.protocol = endpoint.protocol === "https:" ? "wss:" : "ws:";

// The socket opens with the first subscription and closes after the last; the headers of the tab
// travel in its first message.
const fetcher = createGraphiQLFetcher({
  url: endpoint.href,
  subscriptionUrl: socket.href,
  enableIncrementalDelivery: false,
  headers: {
    accept: "application/graphql-response+json, application/json",
    "content-type": "application/json",
  },
  fetch: (url, init) => window.fetch(url, { ...init, credentials: "same-origin" }),
});

createRoot(document.getElementById("graphiql")).render(
  <GraphiQL
    fetcher={fetcher}
    defaultEditorToolsVisibility="variables"
    defaultQuery=""
    defaultTabs={examples}
    isHeadersEditorEnabled
    storage={storage}
  >
    <GraphiQL.Logo>Guildhall</GraphiQL.Logo>
  </GraphiQL>,
);
