// GraphiQL's page as the tests see it: tabs, editors, answers, side bar.
import { chromium } from "playwright-core";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export class Playground {
  requests = [];
  complaints = [];
  /** What the page's sockets have said first. */
  greetings = [];

  static async open(server) {
    const playground = new Playground();
    playground.origin = new URL(server).origin;
    playground.browser = await chromium.launch({
      args: FLAGS,
      executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    });
    const context = await playground.browser.newContext({ viewport: { height: 900, width: 1440 } });
    playground.page = await context.newPage();
    await playground.#listen(context);
    await playground.page.goto(new URL("/graphql", server).href);
    await playground.#operations().waitFor();
    return playground;
  }

  async close() {
    await this.browser.close();
  }

  async #listen(context) {
    context.on("request", (request) => this.requests.push(request.url()));
    context.on("requestfailed", (request) => {
      const reason = request.failure()?.errorText;
      // The editor starts a worker anew when its settings change, even one that is still loading.
      if (reason !== "net::ERR_ABORTED") {
        this.complaints.push(`${request.url()}: ${reason}`);
      }
    });
    context.on("weberror", (event) => this.complaints.push(String(event.error())));
    this.page.on("websocket", (socket) => {
      this.requests.push(socket.url());
      socket.once("framesent", ({ payload }) => this.greetings.push(JSON.parse(payload)));
    });
    this.page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) {
        this.complaints.push(`${message.type()}: ${message.text()}`);
      }
    });
    await this.page.exposeFunction("onRefusal", (refusal) => this.complaints.push(refusal));
    await this.page.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        window.onRefusal(`${event.violatedDirective} refused ${event.blockedURI}`);
      });
    });
  }

  requestsElsewhere() {
    const own = [this.origin, this.origin.replace(/^http/, "ws")];
    return this.requests.filter((url) => {
      const { origin, protocol } = new URL(url);
      return !["blob:", "data:"].includes(protocol) && !own.includes(origin);
    });
  }

  #operations() {
    return this.page.locator(".graphiql-query-editor .monaco-editor .view-line").first();
  }

  async tabs() {
    const names = await this.page.locator(".graphiql-tabs .graphiql-tab-button").allInnerTexts();
    return names.map((name) => name.trim());
  }

  /** Opens an example tab, fills in its variables when some are given, runs it. */
  async run(tab, variables) {
    await this.page.locator(".graphiql-tabs .graphiql-tab-button", { hasText: tab }).click();
    await this.#read();
    if (variables) {
      await this.#fill(".graphiql-editor-tool", JSON.stringify(variables, null, 2));
    }
    return this.answerOf(() => this.press());
  }

  /** Fills in the headers of the present tab. */
  async headers(headers) {
    const tools = this.page.locator(".graphiql-editor-tools");
    await tools.getByRole("button", { name: "Headers", exact: true }).click();
    await this.#fill(".graphiql-editor-tool", JSON.stringify(headers, null, 2));
    await tools.getByRole("button", { name: "Variables", exact: true }).click();
  }

  /** Makes the browser forget a cookie, or all. */
  async forget(name) {
    await this.page.context().clearCookies(name ? { name } : {});
  }

  /** Replaces the document of the present tab. */
  async write(document) {
    await this.#fill(".graphiql-query-editor", document);
    await this.#read();
  }

  /** GraphiQL reads a changed document a moment later; it stores it in the same breath. */
  async #read() {
    await this.page.waitForFunction(() => {
      const models = window.__MONACO.editor.getModels();
      const model = models.find((each) => each.uri.path.endsWith("operation.graphql"));
      return localStorage.getItem("graphiql:query") === model.getValue();
    });
  }

  async #fill(editor, text) {
    await this.page.locator(`${editor} .monaco-editor .view-lines:visible`).first().click();
    await this.page.keyboard.press("ControlOrMeta+A");
    await this.page.keyboard.press("Delete");
    // Pasted, because into what is typed the editor puts brackets of its own.
    await this.page.evaluate((pasted) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", pasted);
      const paste = new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData });
      document.activeElement.dispatchEvent(paste);
    }, text);
  }

  /** Runs the present tab, or stops its subscription. */
  async press() {
    await this.page.locator(".graphiql-execute-button").click();
  }

  /** What the response pane shows after `act`, once it is whole JSON that was not there before. */
  async answerOf(act) {
    await this.page.evaluate(() => {
      const models = window.__MONACO.editor.getModels();
      models.find((model) => model.uri.path.endsWith("response.json")).setValue("");
    });
    await act();
    const handle = await this.page.waitForFunction(() => {
      const models = window.__MONACO.editor.getModels();
      const model = models.find((each) => each.uri.path.endsWith("response.json"));
      try {
        return JSON.parse(model.getValue());
      } catch {
        return null;
      }
    });
    return handle.jsonValue();
  }

  /** The text of the documentation's first page. */
  async documentation() {
    await this.page.getByRole("button", { name: "Show Documentation Explorer" }).click();
    const docs = this.page.locator(".graphiql-doc-explorer");
    await docs.getByText("Query", { exact: true }).waitFor();
    return docs.innerText();
  }

  /** The names of the operations in the history. */
  async history() {
    await this.page.getByRole("button", { name: "Show History" }).click();
    const labels = this.page.locator(".graphiql-history-item-label");
    await labels.first().waitFor();
    return (await labels.allInnerTexts()).map((label) => label.trim());
  }

  /** Everything the page has put into the browser's storage. */
  async stored() {
    return this.page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  }

  /** Keeps a picture of the page, when there is a path to keep it at. */
  async picture(path) {
    if (path) {
      await this.page.screenshot({ path });
    }
  }
}
