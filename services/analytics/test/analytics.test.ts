import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePorts } from "@exosphere/process";
import { BrokerProcess } from "@exosphere/testkit";
import type { Activity, ActivityRow } from "../src/core/activity.ts";
import type { BusView } from "../src/core/bus-view.ts";
import { DashboardProcess } from "./kit/dashboard-process.ts";
import { DemoApplication, demoRoutes } from "./kit/demo-application.ts";

const folder = mkdtempSync(join(tmpdir(), "exo-analytics-"));

describe("The dashboard's process", function () {
  // Several processes from the sources.
  this.timeout(60_000);
  let broker: BrokerProcess;
  let analytics: DashboardProcess;
  let application: DemoApplication;
  let grace: string;

  const get = async <Answer>(path: string): Promise<Answer> =>
    (await (await fetch(`http://127.0.0.1:${analytics.port}${path}`)).json()) as Answer;
  const eventually = async <Answer>(path: string, isThere: (answer: Answer) => boolean): Promise<Answer> => {
    for (;;) {
      const answer = await get<Answer>(path);
      if (isThere(answer)) return answer;
      await pause(50);
    }
  };
  const rows = async (query: string) => (await get<{ rows: ActivityRow[] }>(`/api/activities?${query}`)).rows;

  before(async () => {
    broker = await BrokerProcess.start({ routes: demoRoutes });
    analytics = await DashboardProcess.start([
      `--broker=127.0.0.1:${broker.port}`,
      `--data-dir=${join(folder, "own")}`,
    ]);
    application = await DemoApplication.start(broker.port);
    await eventually<BusView | null>("/api/bus", (bus) => bus !== null);
    grace = await application.joins("Grace");
    await application.web.request("users.list", { page: 7 });
    await eventually<Activity>(
      `/api/activities/${grace}`,
      ({ messages }) =>
        messages?.length === 3 && messages.every(({ copies }) => copies.every(({ outcome }) => outcome)),
    );
  });
  after(async () => {
    await application?.stop();
    await analytics?.stop();
    await broker?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("keeps an activity with what was tried again and what failed, and no secrets", async () => {
    const { messages, errors, retries } = await get<Activity>(`/api/activities/${grace}`);
    assert.deepEqual([errors, retries], [1, 1]);
    const joined = messages.find(({ name }) => name === "user.joined");
    const [mailer, search] = ["mailer", "search"].map((role) => joined?.copies.find(({ to }) => to === role));
    assert.deepEqual(mailer?.attempts.map(({ outcome }) => outcome), ["retry", "ok"]); // biome-ignore format: one line
    assert.deepEqual(mailer?.attempts[0]?.detail, "The mail server is busy.");
    assert.equal(search?.outcome, "dead");
    assert.match(search?.detail ?? "", /no place for names of one word/);
    assert.equal((JSON.parse(joined?.payload ?? "{}") as { password: string }).password, "•••");
  });

  it("finds activities by id, payload, name, role and trouble", async () => {
    assert.deepEqual((await rows(`text=${grace}`)).map(({ id }) => id), [grace]); // biome-ignore format: one line
    assert.deepEqual((await rows("text=grace@example.org")).map(({ id }) => id), [grace]); // biome-ignore format: one line
    assert.deepEqual(await rows("text=hopper"), []);
    assert.equal((await rows("name=users.listed"))[0]?.name, "users.list");
    assert.deepEqual((await rows("role=mailer&trouble=1")).map(({ id }) => id), [grace]); // biome-ignore format: one line
    assert.deepEqual(await rows("slower=50000"), []);
    assert.equal((await get<{ reason: string }>("/api/activities?slower=quick")).reason, "INVALID_MESSAGE");
  });

  it("counts what the broker counts", async () => {
    const bus = await eventually<BusView>("/api/bus", ({ edges }) => edges.some(({ totals }) => totals.received.dead === 1)); // biome-ignore format: one line
    const metrics = await (await fetch(`${broker.admin}/metrics`)).text();
    const edge = bus.edges.find(({ to, name }) => to === "search" && name === "user.joined");
    assert.match(metrics, /\nexocom_delivered_total\{role="search",name="user.joined",outcome="dead"\} 1\n/);
    assert.deepEqual([edge?.from, edge?.totals.sent.ok], ["users", 1]);
    const translated = bus.edges.find(({ name }) => name === "tweet.posted");
    assert.deepEqual([translated?.to, translated?.receivedAs], ["mailer", "send mail"]);
    assert.equal(bus.roles.find(({ role }) => role === "users")?.instances.length, 2);
  });

  it("streams the bus and the tap as server-sent events, filtered", async () => {
    const read = async (path: string, isEnough: (text: string) => boolean) => {
      const ending = new AbortController();
      const response = await fetch(`http://127.0.0.1:${analytics.port}${path}`, { signal: ending.signal });
      let text = "";
      for await (const chunk of response.body ?? []) {
        text += Buffer.from(chunk).toString();
        if (isEnough(text)) break;
      }
      ending.abort();
      return text;
    };
    assert.match(await read("/api/live", (text) => text.includes("\n\n") && text.includes("data:")), /^event: bus$/m);
    const events = await read(`/api/tap?role=mailer&trouble=1`, (text) => /"retried"/.test(text));
    assert.doesNotMatch(events, /"role":"search"/);
  });

  it("answers a HEAD of its streams at once", async () => {
    for (const path of ["/api/live", "/api/tap"]) {
      const options = { method: "HEAD", signal: AbortSignal.timeout(5_000) };
      const { status, headers } = await fetch(`http://127.0.0.1:${analytics.port}${path}`, options);
      assert.deepEqual([status, headers.get("content-type")], [200, "text/event-stream"]);
    }
  });

  it("serves the page with nothing from elsewhere and nothing inline", async () => {
    const response = await fetch(`http://127.0.0.1:${analytics.port}/`);
    const page = await response.text();
    assert.match(response.headers.get("content-security-policy") ?? "", /default-src 'none'; script-src 'self';/);
    assert.doesNotMatch(page, /https?:\/\//);
    // A page that is kept would ask for files that a later version does not have.
    assert.equal(response.headers.get("cache-control"), "no-store");
    const links = [...page.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, path = ""]) => path);
    const types = ["image/svg+xml", "text/css", "text/javascript"];
    assert.equal(links.length, types.length);
    for (const [index, path] of links.entries()) {
      const file = await fetch(`http://127.0.0.1:${analytics.port}${path}`);
      assert.deepEqual([file.status, file.headers.get("content-type")], [200, types[index]], path);
      assert.equal(file.headers.get("cache-control"), "public, max-age=31536000, immutable");
      const again = await fetch(file.url, { headers: { "if-none-match": file.headers.get("etag") ?? "" } });
      assert.equal(again.status, 304);
    }
    for (const path of ["/../package.json", "/%2e%2e/package.json", "/src/app.ts", "/tsconfig.json", "/api/none"])
      assert.equal((await fetch(`http://127.0.0.1:${analytics.port}${path}`)).status, 404, path);
    const post = await fetch(`http://127.0.0.1:${analytics.port}/api/bus`, { method: "POST" });
    assert.equal(post.status, 405);
    const posted = await fetch(`http://127.0.0.1:${analytics.port}/`, { method: "POST" });
    assert.deepEqual([posted.status, posted.headers.get("content-type")], [404, "application/problem+json"]);
  });

  it("is no place for other web pages", async () => {
    const status = (headers: Record<string, string>) =>
      new Promise((resolve, reject) => {
        const asked = request({ port: analytics.port, host: "127.0.0.1", path: "/api/bus", headers }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        asked.on("error", reject).end();
      });
    const own = `127.0.0.1:${analytics.port}`;
    assert.equal(await status({ host: own, origin: "https://example.org" }), 403);
    assert.equal(await status({ host: "evil.example", origin: "http://evil.example" }), 403);
    assert.equal(await status({ host: own, origin: `http://${own}` }), 200);
  });

  it("has health, metrics and settings on its admin port, the token left out", async () => {
    const text = async (path: string) => (await fetch(`${analytics.admin}${path}`)).text();
    assert.equal(await text("/livez"), "ok\n");
    const metrics = await text("/metrics");
    assert.match(metrics, /\nexo_analytics_connected 1\n/);
    assert.match(metrics, /\nexo_analytics_events_total [1-9]/);
    assert.match(await text("/settings"), /"maxEvents"/);
  });

  it("says that the broker is away, goes on when it is back, and has everything still after a restart of its own", async () => {
    type Info = { isConnected: boolean; problem: string; held: { activities: number } };
    await broker.stop();
    const away = await eventually<Info>("/api/info", ({ isConnected }) => !isConnected);
    assert.match(away.problem, /No broker answers|ended the stream/);
    assert.match(await (await fetch(`${analytics.admin}/readyz`)).text(), /not connected/);
    broker = await BrokerProcess.start({ routes: demoRoutes, port: broker.port });
    await eventually<Info>("/api/info", ({ isConnected }) => isConnected);
    await analytics.stop();
    analytics = await DashboardProcess.start([
      `--broker=127.0.0.1:${broker.port}`,
      `--data-dir=${join(folder, "own")}`,
    ]);
    assert.equal((await get<Activity>(`/api/activities/${grace}`)).id, grace);
  });
});

describe("The dashboard's settings", function () {
  this.timeout(60_000);
  const bin = fileURLToPath(new URL("../src/bin.ts", import.meta.url));
  const run = (...args: string[]) => {
    const { status, stderr } = spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", bin, ...args], { encoding: "utf8", timeout: 30_000 }); // biome-ignore format: one line
    return { status, stderr };
  };

  it("demand a token where others could reach it", () => {
    const { status, stderr } = run("--host", "0.0.0.0");
    assert.equal(status, 64);
    assert.match(stderr, /--token-file/);
  });

  it("are named with all that is wrong", () => {
    const { status, stderr } = run("--max-events", "-1", "--keep", "soon");
    assert.equal(status, 64);
    assert.match(stderr, /--keep: .*--max-events: /s);
  });

  it("let in who has the token, and nobody else; the page itself holds nothing", async () => {
    const own = mkdtempSync(join(tmpdir(), "exo-token-"));
    writeFileSync(join(own, "token"), "s3cret\n");
    const [port] = (await freePorts(1)) as [number];
    const guarded = await DashboardProcess.start([`--broker=127.0.0.1:${port}`, `--data-dir=${own}`, `--token-file=${join(own, "token")}`]); // biome-ignore format: one line
    try {
      const at = `http://127.0.0.1:${guarded.port}`;
      const status = async (path: string, token?: string) =>
        (await fetch(at + path, { headers: token ? { authorization: `Bearer ${token}` } : {} })).status;
      assert.deepEqual([await status("/"), await status("/api/info"), await status("/api/info", "wrong"), await status("/api/info", "s3cret")], [200, 401, 401, 200]); // biome-ignore format: one line
      assert.equal((await fetch(`${guarded.admin}/metrics`)).status, 401);
    } finally {
      await guarded.stop();
      rmSync(own, { recursive: true });
    }
  });
});
