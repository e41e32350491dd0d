import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BrokerProcess, eventually, hasChromium, type Routes } from "@exosphere/testkit";
import type { Page } from "playwright-core";
import { Browser, type Look } from "./kit/browser.ts";
import { DashboardProcess } from "./kit/dashboard-process.ts";

const title = hasChromium ? "" : " (needs Chromium: apt-get install chromium)";
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** A role's label says in words what its card says in signs: "2 instances, 30 a second received" for "2 ↓ 30". */
const options = { rules: { "label-content-name-mismatch": { enabled: false } } };

/** Forty roles of eight families. */
function routesOfMany(): Routes {
  const families = ["orders", "billing", "users", "mail", "stock", "search", "web", "report"];
  const parts = ["core", "api", "sync", "audit", "mail"];
  const all = families.flatMap((family, index) =>
    parts.map((part) => {
      const asks = part === "core" ? [] : [`${family}-core.ask`];
      const hears = part === "core" ? [`${families[(index + 1) % families.length]}-core.did`] : [];
      const name = `${family}-${part}`;
      return [name, { sends: [`${name}.did`, ...asks], receives: [`${name}.ask`, ...hears] }] as const;
    }),
  );
  return Object.fromEntries(all);
}

describe(`The dashboard of forty roles${title}`, function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), "exo-many-"));
  let broker: BrokerProcess;
  let analytics: DashboardProcess;
  let browser: Browser;
  const opened: Page[] = [];

  before(async function () {
    if (!hasChromium) return this.skip();
    broker = await BrokerProcess.start({ routes: routesOfMany() });
    analytics = await DashboardProcess.start([`--broker=127.0.0.1:${broker.port}`, `--data-dir=${folder}`]);
    browser = await Browser.start(`http://127.0.0.1:${analytics.port}`);
  });
  after(async () => {
    await browser?.close();
    await analytics?.stop();
    await broker?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((page) => page.close()));
    assert.deepEqual(browser?.complaints.splice(0) ?? [], []);
  });

  async function open(view: string, look: Look = {}): Promise<Page> {
    const page = await browser.open(view, look);
    opened.push(page);
    return page;
  }

  const boxesOf = (page: Page) =>
    page.locator(".node").evaluateAll((nodes: unknown[]) =>
      nodes.map((node) => {
        const { left, top, right, bottom } = (
          node as { getBoundingClientRect(): Record<string, number> }
        ).getBoundingClientRect();
        return { left, top, right, bottom } as { left: number; top: number; right: number; bottom: number };
      }),
    );

  it("shows all of them in its window, none upon another", async () => {
    const page = await open("#/map", { width: 1280, height: 800 });
    await eventually("all roles", async () => (await page.locator(".node").count()) === 40);
    const canvas = await page.locator(".canvas").boundingBox();
    assert.ok(canvas);
    const boxes = await boxesOf(page);
    for (const [index, one] of boxes.entries()) {
      assert.ok(one.left >= canvas.x - 1 && one.right <= canvas.x + canvas.width + 1, `${one.left} ${one.right}`);
      assert.ok(one.top >= canvas.y - 1 && one.bottom <= canvas.y + canvas.height + 1, `${one.top} ${one.bottom}`);
      for (const other of boxes.slice(index + 1))
        assert.ok(
          one.right <= other.left || other.right <= one.left || one.bottom <= other.top || other.bottom <= one.top,
        );
    }
  });

  it("comes nearer by keys, wheel and buttons, and is there again after a reload", async () => {
    const page = await open("#/map", { width: 1280, height: 800 });
    const width = async () => (await page.locator(".node .card").first().boundingBox())?.width ?? 0;
    await page.locator(".node").first().waitFor();
    const first = await width();
    await page.locator(".canvas").focus();
    await page.keyboard.press("+");
    await eventually("it is larger", async () => (await width()) > first * 1.2);
    await page.getByRole("button", { name: "Larger" }).click();
    await page.mouse.move(400, 300);
    await page.mouse.wheel(0, -200);
    await eventually("the address says so", async () => /at=/.test(page.url()));
    await eventually("it is larger still", async () => (await width()) > first * 1.6);
    const before = await width();
    await page.reload();
    await eventually("it is as it was", async () => Math.abs((await width()) - before) < 2);
    await page.getByRole("button", { name: "Fit" }).click();
    await eventually("it is all there", async () => Math.abs((await width()) - first) < 2);
  });

  it("finds roles and messages, and shows only these if wanted", async () => {
    const page = await open("#/map", { width: 1280, height: 800 });
    await page.getByLabel("Find a role or a message").fill("billing");
    await page.getByText(/^5 roles, \d+ messages$/).waitFor();
    assert.equal(await page.locator(".node:not(.dim)").count(), 5);
    await page.getByLabel("only these").check();
    await eventually("the others are gone", async () => (await page.locator(".node").count()) < 10);
    await page.reload();
    await eventually("they stay away", async () => (await page.locator(".node").count()) < 10);
  });

  it("has the same as tables", async () => {
    const page = await open("#/map", { width: 1280, height: 800 });
    await page.getByText("As a table").click();
    await page.getByRole("rowheader", { name: "billing-core", exact: true }).waitFor();
    assert.equal(await page.locator(".as-table table").first().locator("tbody tr").count(), 40);
  });

  for (const scheme of ["light", "dark"] as const)
    for (const width of [1280, 390])
      it(`has nothing that axe-core finds wrong, at ${width} pixels, ${scheme}`, async () => {
        for (const view of ["map", "activities", "latency", "tap"]) {
          const page = await open(`#/${view}`, { width, height: 844, scheme });
          await page.locator("h1").first().waitFor({ state: "attached" });
          if (view === "map") await page.locator(".node").first().waitFor();
          assert.equal(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), true, view);
          await page.evaluate(axe);
          const { violations } = (await page.evaluate(`axe.run(${JSON.stringify(options)})`)) as {
            violations: { id: string; nodes: { target: string[]; failureSummary: string }[] }[];
          };
          const found = violations.map(
            ({ id, nodes }) => `${view}: ${id}: ${nodes[0]?.target} (${nodes.length}) ${nodes[0]?.failureSummary}`,
          );
          assert.deepEqual(found, []);
        }
      });
});
