import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { BrokerProcess, hasChromium, metricOf } from "@exosphere/testkit";
import type { Page } from "playwright-core";
import type { ActivityRow } from "../src/core/activity.ts";
import { Browser } from "./kit/browser.ts";
import { DashboardProcess } from "./kit/dashboard-process.ts";
import { DemoApplication, demoRoutes } from "./kit/demo-application.ts";

const title = hasChromium ? "" : " (needs Chromium: apt-get install chromium)";

/** `npm run screenshots` sets them: where pictures go, and how long the application runs before they are taken. */
const { EXO_SCREENSHOTS, EXO_SCREENSHOTS_MINUTES = "0" } = process.env;
const warmUpMs = Number(EXO_SCREENSHOTS_MINUTES) * 60_000;

describe(`The dashboard's page${title}`, function () {
  this.timeout(180_000 + warmUpMs);
  const folder = mkdtempSync(join(tmpdir(), "exo-page-"));
  const pictures = EXO_SCREENSHOTS ? resolve(EXO_SCREENSHOTS) : join(folder, "pictures");
  let broker: BrokerProcess;
  let analytics: DashboardProcess;
  let application: DemoApplication;
  let browser: Browser;
  let grace: string;

  before(async function () {
    if (!hasChromium) return this.skip();
    mkdirSync(pictures, { recursive: true });
    broker = await BrokerProcess.start({ routes: demoRoutes });
    analytics = await DashboardProcess.start([`--broker=127.0.0.1:${broker.port}`, `--data-dir=${folder}`]);
    const base = `http://127.0.0.1:${analytics.port}`;
    browser = await Browser.start(base);
    application = await DemoApplication.start(broker.port);
    application.load(30, warmUpMs > 0);
    await pause(warmUpMs);
    grace = await application.joins("Grace");
    // A slot of the history is full, and the activity has come to its end.
    const found = async () =>
      (await (await fetch(`${base}/api/activities?text=${grace}`)).json()) as { rows: ActivityRow[] };
    const slots = async () => ((await (await fetch(`${base}/api/timeline`)).json()) as unknown[]).length;
    while ((await found()).rows[0]?.errors !== 1 || (await slots()) < 2) await pause(100);
  });
  after(async () => {
    await browser?.close();
    await application?.stop();
    await analytics?.stop();
    await broker?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Pages of one test are nobody's work in the next. */
  const opened: Page[] = [];
  const open = async (...look: Parameters<Browser["open"]>) => {
    const page = await browser.open(...look);
    opened.push(page);
    return page;
  };
  afterEach(async () => {
    for (const page of opened.splice(0)) await page.context().close();
  });

  /** A picture of what is there. That it is not blank is known by its bytes: one colour alone compresses to nearly nothing. */
  const picture = async (page: Page, name: string) => {
    const { byteLength } = await page.screenshot({ path: join(pictures, `${name}.png`) });
    assert.ok(byteLength > 20_000, `${name}: ${byteLength} bytes`);
  };

  it("shows map, activity and heatmap, light and dark, without a complaint", async () => {
    for (const scheme of ["light", "dark"] as const) {
      const look = { scheme, width: 1360, height: 820 };
      const map = await open("#/map", look);
      await map.locator(".chip").nth(8).waitFor();
      await picture(map, `map-${scheme}`);
      const activity = await open(`#/activities/${grace}?message=1`, look);
      await activity.locator(".span.failed").first().waitFor();
      await activity.locator(".span.retry").first().waitFor();
      await picture(activity, `activity-${scheme}`);
      const latency = await open("#/latency", look);
      await latency.locator(".heatmap .quantile.p50").waitFor();
      await picture(latency, `latency-${scheme}`);
    }
    assert.deepEqual(browser.complaints, []);
  });

  it("has the numbers of the broker", async () => {
    const page = await open("#/map?from=users&to=search&name=user.joined");
    const dead = page.locator('[data-count="received dead"]');
    await dead.waitFor();
    const counter = async (metric: string) => Number(await metricOf(broker.admin, metric));
    const shown = async (what: string) =>
      Number(await page.locator(`[data-count="${what}"]`).getAttribute("data-value"));
    // Both go on: the page must come to show at least what was counted, and never more than is counted after.
    const pairs = [
      ["sent ok", 'exocom_published_total{role="users",name="user.joined",outcome="ok"}'],
      ["received ok", 'exocom_delivered_total{role="search",name="user.joined",outcome="ok"}'],
      ["received dead", 'exocom_delivered_total{role="search",name="user.joined",outcome="dead"}'],
    ] as const;
    for (const [what, metric] of pairs) {
      const before = await counter(metric);
      assert.ok(before > 0, metric);
      while ((await shown(what)) < before) await pause(50);
      const value = await shown(what);
      const later = await counter(metric);
      assert.ok(value <= later, `${what}: ${value} is shown, ${later} were counted`);
    }
    // Once nothing is sent any more, they are the same.
    application.pause();
    const metric = 'exocom_published_total{role="users",name="user.joined",outcome="ok"}';
    const settle = async () => {
      for (let before = -1; ; await pause(300)) {
        const now = await counter(metric);
        if (now === before) return now;
        before = now;
      }
    };
    const final = await settle();
    while ((await shown("sent ok")) < final) await pause(50);
    assert.equal(await shown("sent ok"), final);
    application.load(30, warmUpMs > 0);
  });

  it("works at 400 and at 2,000 pixels: nothing is wider than the page", async () => {
    for (const width of [400, 2000]) {
      for (const view of ["#/map", "#/activities", `#/activities/${grace}`, "#/latency", "#/tap"]) {
        const page = await open(view, { width, height: 900 });
        await page.locator("main").waitFor();
        await page.locator(".command code").waitFor();
        const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
        assert.ok((overflow as number) <= 0, `${view} at ${width}: ${overflow} too wide`);
        await opened.pop()?.context().close();
      }
    }
  });

  it("can be used by keyboard alone", async () => {
    const page = await open("#/map");
    await page.locator(".node").nth(2).waitFor();
    const focused = () => page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim()"); // biome-ignore format: one line
    const order: string[] = [];
    for (let step = 0; step < 8; step += 1) {
      await page.keyboard.press("Tab");
      order.push(String(await focused()));
    }
    assert.deepEqual(order.slice(0, 7), ["Skip to the content", "Exosphere, map", "Map", "Activities", "Latency", "Tap", "Theme: as the system"]); // biome-ignore format: one line
    const outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle + document.activeElement.querySelectorAll('.reach').length"); // biome-ignore format: one line
    assert.notEqual(outline, "none0");
    await page.locator('.node[aria-label^="Role users"]').focus();
    await page.keyboard.press("Enter");
    await page.locator(".panel h2", { hasText: "users" }).waitFor();
    await page.keyboard.press("Escape");
    await page.locator(".panel h2", { hasText: "Now" }).waitFor();
    const slider = page.getByRole("slider");
    await slider.focus();
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    await page.locator(".panel h2", { hasText: "At that time" }).waitFor();
    await page.keyboard.press("Escape");
    await page.locator(".panel h2", { hasText: "Now" }).waitFor();
  });

  it("finds an activity, whose address opens it again", async () => {
    const page = await open("#/activities");
    await page.getByRole("searchbox", { name: "Find" }).fill("grace@example.org");
    const row = page.locator("a.row").first();
    await page.locator("a.row.bad").waitFor();
    await row.focus();
    await page.keyboard.press("Enter");
    await page.locator(".sequence .lifeline").nth(3).waitFor();
    assert.match(page.url(), new RegExp(`#/activities/${grace}$`));
    assert.match(
      (await page.locator(".command code").textContent()) ?? "",
      new RegExp(`^exo trace ${grace} --dashboard`),
    );
    await page.reload();
    await page.locator(".arrow", { hasText: "user.joined" }).first().focus();
    await page.keyboard.press("Enter");
    await page.locator(".json", { hasText: "•••" }).waitFor();
    assert.ok(!(await page.content()).includes("hopper"));
  });

  it("shows the tap, which holds still while it is paused", async () => {
    const page = await open("#/tap?role=tweets");
    await page.locator(".events li").nth(20).waitFor();
    await page.getByRole("button", { name: "Pause" }).click();
    const first = await page.locator(".events li").first().textContent();
    await page.getByRole("button", { name: /Go on \(\d+ new\)/ }).waitFor();
    assert.equal(await page.locator(".events li").first().textContent(), first);
    assert.equal(await page.locator(".command code").textContent(), `exo tap --role tweets --broker 127.0.0.1:${broker.port}`); // biome-ignore format: one line
    await page.getByRole("button", { name: /Go on/ }).click();
    await page
      .locator(".events li")
      .first()
      .filter({ hasNotText: first ?? "" })
      .waitFor();
  });

  it("keeps the theme that was chosen", async () => {
    const page = await open("#/map");
    await page.getByRole("button", { name: /^Theme/ }).click();
    await page.getByRole("button", { name: /^Theme/ }).click();
    // The page draws a moment after the click.
    await page.locator("html[data-theme=dark]").waitFor();
    await page.reload();
    await page.locator(".brand").waitFor();
    await page.locator("html[data-theme=dark]").waitFor();
  });

  it("says what to do where there is nothing", async () => {
    const none = await open("#/activities?text=nothing-is-called-so");
    await none.locator(".empty", { hasText: "No activity matches" }).waitFor();
    const gone = await open("#/activities/no-such-activity");
    await gone.locator(".empty", { hasText: "No such activity" }).waitFor();
  });

  it("says that there is no such page, and has one title on each page that there is", async () => {
    for (const view of ["#/nowhere", "#/map/users", "#/activities/a/b", "#/toString"]) {
      const page = await open(view);
      await page.locator(".empty", { hasText: "There is no such page" }).waitFor();
      await page.getByRole("link", { name: "Show the map" }).click();
      await page.locator(".node").first().waitFor();
    }
    for (const view of ["#/map", "#/activities", `#/activities/${grace}`, "#/activities/gone", "#/latency", "#/tap"]) {
      const page = await open(view);
      await page.locator("main h1").waitFor();
      assert.equal(await page.locator("h1").count(), 1, view);
    }
  });

  it("shows nothing as live while the broker is away, and goes on once it is back", async () => {
    const map = await open("#/map");
    const dotOf = (place: string) =>
      map.evaluate(
        `{ const { backgroundColor, fill } = getComputedStyle(document.querySelector("${place}")); backgroundColor + fill; }`,
      );
    await map.locator(".pill.fine").waitFor();
    const [live, state] = [await dotOf(".live .dot"), await dotOf(".node:not(.absent) .state")];
    await broker.stop();
    await map.locator(".timeline .when", { hasText: "Last known" }).waitFor();
    await map.locator(".pill.bad", { hasText: "not connected" }).waitFor();
    assert.notEqual(await dotOf(".live .dot"), live);
    assert.notEqual(await dotOf(".node .state"), state);
    broker = await BrokerProcess.start({ routes: demoRoutes, port: broker.port });
    await map.locator(".timeline .when", { hasText: "Live" }).waitFor();
    await map.locator(".pill.fine").waitFor();
  });

  it("says that it knows nothing new while the dashboard's process is gone, and goes on by itself", async () => {
    const { port } = analytics;
    const map = await open("#/map");
    await map.locator("aside h2", { hasText: "Now" }).waitFor();
    await analytics.stop();
    await map.locator("aside h2", { hasText: "Last known" }).waitFor();
    await map.locator("aside .note", { hasText: "goes on by itself" }).waitFor();
    analytics = await DashboardProcess.start([`--broker=127.0.0.1:${broker.port}`, `--data-dir=${folder}`], port);
    await map.locator("aside h2", { hasText: "Now" }).waitFor();
    // That the process was away is no mistake of the page.
    browser.complaints.length = 0;
  });
});
