import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { stripTypeScriptTypes } from "node:module";
import type { AddressInfo } from "node:net";
import type { Status } from "@exosphere/client";
import { chromiumOptions, hasChromium } from "@exosphere/testkit";
import { GatewayBus } from "@exosphere/testkit/gateway-bus";
import { tokenOf } from "@exosphere/testkit/user-tokens";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const title = hasChromium ? "" : " (needs Chromium: apt-get install chromium)";

/** How long the browser may take for a step, in milliseconds: a machine that runs other tests beside takes its time. */
const waitMs = 60_000;

type Online = Extract<Status, { kind: "online" }>;

/** A page that keeps its session over a reload, as the guide of the client says. */
const html = `<!doctype html><title>A page</title><script type="module">
  import { connect } from "/index.ts";
  const asked = new URLSearchParams(location.search);
  window.statuses = [];
  window.bus = connect({ url: asked.get("url"), token: asked.get("token") ?? undefined, storage: sessionStorage });
  bus.onStatus((status) => statuses.push(status));
</script>`;

/** Serves the page, and the sources of the client without their types. */
async function servePage(): Promise<Server> {
  const sources = new URL("../client/src/", import.meta.url);
  const server = createServer((request, response) => {
    const [path = "/"] = (request.url ?? "/").split("?");
    if (path === "/") return void response.setHeader("content-type", "text/html").end(html);
    if (!/^\/[\w-]+\.ts$/.test(path)) return void response.writeHead(404).end();
    const source = readFileSync(new URL(`.${path}`, sources), "utf8");
    response.setHeader("content-type", "text/javascript").end(stripTypeScriptTypes(source));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return server;
}

/** Waits until a page is online for the nth time since it was loaded. */
async function online(page: Page, nth = 1): Promise<Online> {
  const found = `window.statuses?.filter(({ kind }) => kind === "online")[${nth - 1}]`;
  const handle = await page.waitForFunction(found, undefined, { timeout: waitMs });
  return (await handle.jsonValue()) as Online;
}

const kindsOf = (page: Page) => page.evaluate("statuses.map(({ kind }) => kind)");

describe(`the client in a browser${title}`, function () {
  this.timeout(180_000);
  let bus: GatewayBus;
  let server: Server;
  let browser: Browser;
  let context: BrowserContext;
  let origin: string;
  let query: string;

  before(async function () {
    if (!hasChromium) return this.skip();
    bus = await GatewayBus.start();
    server = await servePage();
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const tokens = bus.secretSettings;
    const { url } = await bus.startGateway("--allow-origins", origin, ...tokens);
    query = `?url=${encodeURIComponent(`${url.replace("http", "ws")}/v1/socket`)}`;
    browser = await chromium.launch(chromiumOptions);
  });
  after(async () => {
    await browser?.close();
    server?.close();
    await bus?.stop();
  });
  beforeEach(async () => {
    context = await browser.newContext();
  });
  afterEach(() => context?.close());

  async function open(more = ""): Promise<Page> {
    const page = await context.newPage();
    await page.goto(`${origin}/${query}${more}`);
    return page;
  }

  it("gives a duplicated tab a session of its own, which a reload of either keeps", async () => {
    const first = await open();
    const { sessionId } = await online(first);
    // A window that a page opens gets a copy of its sessionStorage, as a duplicated tab does.
    const [second] = await Promise.all([
      context.waitForEvent("page"),
      first.evaluate("void window.open(location.href)"),
    ]);
    const other = await online(second);
    assert.notEqual(other.sessionId, sessionId);
    assert.deepEqual(await kindsOf(first), ["connecting", "online"]);
    for (const [page, id] of [
      [second, other.sessionId],
      [first, sessionId],
    ] as const) {
      // biome-ignore format: one line
      await page.reload();
      const { sessionId: after, recovered } = await online(page);
      assert.deepEqual([after, recovered], [id, true]);
    }
  });

  it("signs a user out, so that a reload is nobody", async () => {
    const page = await open(`&token=${await tokenOf("ada")}`);
    assert.equal((await online(page)).user, "ada");
    await page.evaluate("bus.signOut()");
    assert.equal((await online(page, 2)).user, undefined);
    await page.goto(`${origin}/${query}`);
    assert.equal((await online(page)).user, undefined);
  });

  it("gives its connection up when the browser is offline, and makes a new one when it is online", async () => {
    const page = await open();
    const { sessionId } = await online(page);
    await context.setOffline(true);
    await page.waitForFunction('statuses.some(({ kind }) => kind === "offline")', undefined, { timeout: waitMs });
    await context.setOffline(false);
    const back = await online(page, 2);
    assert.deepEqual([back.sessionId, back.recovered], [sessionId, true]);
  });
});
