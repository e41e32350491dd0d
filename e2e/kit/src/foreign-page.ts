import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, chromium, type Page, type Request, type Response } from "playwright-core";
import { chromiumOptions } from "./chromium.ts";

/** Host name of the page, another than that of the process it calls. The browser resolves it by a flag, as no such name exists. */
const foreignHost = "evil.example";

/** Chromium's newer check of what reaches for this machine is off: other browsers, and pages of local servers, do not have it. */
const args = [
  ...chromiumOptions.args,
  `--host-resolver-rules=MAP ${foreignHost} 127.0.0.1`,
  "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests",
];

/** Scripts, by name, with which a page of another host reaches for an address. Chromium reports each answer; each resolves when it is over. */
const reportedAttempts: Readonly<Record<string, string>> = {
  "a no-cors fetch": `fetch(url, { mode: "no-cors" }).catch(() => {})`,
  "a no-cors POST": `fetch(url, { mode: "no-cors", method: "POST", body: "{}" }).catch(() => {})`,
  "an iframe": `new Promise((done) => {
    const frame = document.createElement("iframe");
    frame.onload = done;
    frame.src = url;
    document.body.append(frame);
  })`,
  "a form in an iframe": `new Promise((done) => {
    const frame = document.createElement("iframe");
    frame.name = "target";
    document.body.append(frame);
    const form = document.createElement("form");
    Object.assign(form, { method: "POST", action: url, target: "target", enctype: "text/plain" });
    document.body.append(form);
    frame.onload = done;
    form.submit();
  })`,
};

/** Scripts whose answers Chromium keeps to itself where they are refused: whether one is reported, and when, is not known. */
const hiddenAttempts: Readonly<Record<string, string>> = {
  "an image": `new Promise((done) => {
    const image = new Image();
    image.onload = image.onerror = done;
    image.src = url;
  })`,
  "a script": `new Promise((done) => {
    const script = document.createElement("script");
    script.onload = script.onerror = done;
    script.src = url;
    document.head.append(script);
  })`,
  "a fetch": `fetch(url, { method: "POST", body: "{}" }).catch(() => {})`,
  "a fetch that needs a preflight": `fetch(url, { method: "PUT", body: "debug" }).catch(() => {})`,
  "an EventSource": `new Promise((done) => {
    const source = new EventSource(url);
    source.onopen = source.onerror = () => done(source.close());
  })`,
  // One that is opened stays open, so that what it claims stays claimed.
  "a WebSocket": `new Promise((done) => {
    const socket = new WebSocket(url.replace("http:", "ws:"));
    socket.onerror = () => done();
    socket.onopen = () => done(socket.send('{"name":"exocom.register-service","sender":"users"}'));
  })`,
};

/** What brings a browser to the address: scripts that do not resolve when it is there. The last leaves the page. */
const navigations: Readonly<Record<string, string>> = {
  "a new window": "void window.open(url)",
  "a link": "location.assign(url)",
};

/** How long the browser may take for a step, in milliseconds: a machine that runs other tests beside takes its time. */
const waitMs = 60_000;

/** The answer that Chromium got to what a page did. */
export interface Outcome {
  readonly attempt: string;
  readonly method: string;
  readonly status: number;
}

/** The attempts whose answers are always among the outcomes. */
export const reportedAnswers: readonly string[] = [...Object.keys(reportedAttempts), ...Object.keys(navigations)];

/** A web page of another host, in a real browser, that does what it can with servers of this machine. */
export class ForeignPage {
  readonly #browser: Browser;
  readonly #server: Server;

  private constructor(browser: Browser, server: Server) {
    this.#browser = browser;
    this.#server = server;
  }

  static async start(): Promise<ForeignPage> {
    const server = createServer((_, response) => response.setHeader("content-type", "text/html").end("<body></body>"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new ForeignPage(await chromium.launch({ ...chromiumOptions, args }), server);
  }

  /** Tries everything with an address, one after the other. Resolves to what was answered, when the page has been closed. */
  async attack(url: string): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    const context = await this.#browser.newContext();
    context.setDefaultTimeout(waitMs);
    let attempt = "";
    context.on("response", (response) => noteAnswer(response, url, attempt, outcomes));
    const page = await context.newPage();
    const { port } = this.#server.address() as AddressInfo;
    await page.goto(`http://${foreignHost}:${port}/`);
    // Before the next one begins its answer is in, so that each answer is noted for the attempt that it belongs to.
    const reported = async (name: string, run: string, isAnswer: (request: Request) => boolean) => {
      attempt = name;
      const answered = context.waitForEvent("response", (answer) => answer.url() === url && isAnswer(answer.request()));
      await Promise.all([evaluate(page, url, run), answered]);
    };
    for (const [name, run] of Object.entries(reportedAttempts)) await reported(name, resolvesEmpty(run), () => true);
    for (const [name, run] of Object.entries(hiddenAttempts)) {
      attempt = name;
      await evaluate(page, url, resolvesEmpty(run));
    }
    for (const [name, run] of Object.entries(navigations))
      await reported(name, run, (request) => request.isNavigationRequest());
    await context.close();
    return outcomes;
  }

  /** Opens an address as somebody does who types it. Resolves to the status, or undefined where no answer came. */
  async type(url: string): Promise<number | undefined> {
    const context = await this.#browser.newContext();
    const page = await context.newPage();
    // An answer that does not end is a page that does not load.
    const answer = await page.goto(url, { waitUntil: "commit" }).catch(() => null);
    await context.close();
    return answer?.status();
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** The result of a script stays in the page: not all of it can leave. */
function resolvesEmpty(script: string): string {
  return `${script}.then(() => undefined)`;
}

/** Runs a script in the page, which finds the address as `url`. */
async function evaluate(page: Page, url: string, script: string): Promise<void> {
  await page.evaluate(`((url) => ${script})(${JSON.stringify(url)})`);
}

function noteAnswer(response: Response, url: string, attempt: string, outcomes: Outcome[]): void {
  if (response.url() === url)
    outcomes.push({ attempt, method: response.request().method(), status: response.status() });
}
