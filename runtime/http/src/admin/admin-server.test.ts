import assert from "node:assert/strict";
import { StartError } from "@exosphere/process";
import { collectingLog, createRegistry, plainGauge } from "@exosphere/telemetry";
import { type Answer, ask, type Question } from "../exchange.fixture.ts";
import { type AdminOptions, type AdminServer, startAdmin } from "./admin-server.ts";

describe("the admin server", () => {
  const started: AdminServer[] = [];
  const { log, lines } = collectingLog();
  let ready: true | string = true;
  let remarks: readonly string[] = [];

  function start(options: Partial<AdminOptions> = {}): Promise<AdminServer> {
    const registry = createRegistry({ version: "1.2.3", defaults: false });
    const settings = () => ({ port: { value: 1, from: "flag" } });
    const states = { ready: () => ready, remarks: () => remarks };
    const all = { host: "127.0.0.1", port: 0, setting: "--admin-port", log, registry, settings, ...states };
    return startAdmin({ ...all, ...options }).then((server) => {
      started.push(server);
      return server;
    });
  }

  let server: AdminServer;
  const call = (path: string, question: Partial<Question> = {}): Promise<Answer> =>
    ask({ port: server.port, path, ...question });

  before(async () => {
    server = await start();
  });
  after(() => Promise.all(started.map((each) => each.close())));

  it("says that the process lives and is ready", async () => {
    for (const path of ["/livez", "/readyz", "/livez?verbose"]) {
      const { status, text } = await call(path);
      assert.deepEqual([status, text], [200, "ok\n"], path);
    }
  });

  it("says why it is not ready", async () => {
    ready = "the broker cannot be reached";
    const { status, headers, text } = await call("/readyz");
    const live = await call("/livez");
    ready = true;
    assert.equal(status, 503);
    assert.equal(headers["content-type"], "application/problem+json");
    assert.equal(JSON.parse(text).detail, "the broker cannot be reached");
    assert.equal(live.status, 200);
  });

  it("shows remarks beside that it is ready", async () => {
    remarks = ["a file is broken"];
    const { status, text } = await call("/readyz");
    remarks = [];
    assert.deepEqual([status, text], [200, "ok\na file is broken\n"]);
  });

  it("shows metrics and settings", async () => {
    const metrics = await call("/metrics");
    assert.match(metrics.headers["content-type"] ?? "", /^text\/plain; version=0\.0\.4/);
    assert.match(metrics.text, /^exo_build_info\{version="1\.2\.3"\} 1$/m);
    assert.deepEqual(JSON.parse((await call("/settings")).text), { port: { value: 1, from: "flag" } });
  });

  it("changes the level of the log", async () => {
    for (const body of ["debug", ' "debug"\n', '{"level": "debug"}']) {
      log.level = "info";
      const { status, text } = await call("/log-level", { method: "PUT", body });
      assert.deepEqual([status, JSON.parse(text), log.level], [200, { level: "debug" }, "debug"]);
    }
    assert.deepEqual(JSON.parse((await call("/log-level")).text), { level: "debug" });
  });

  it("lists the levels for a body that is none", async () => {
    log.level = "info";
    for (const body of ["verbose", "", '{"level": 30}', '{"level"', "{}", "x".repeat(1000)]) {
      const { status, text } = await call("/log-level", { method: "PUT", body });
      assert.deepEqual([status, JSON.parse(text).reason], [400, "INVALID_MESSAGE"], body);
      assert.match(JSON.parse(text).detail, /trace, debug, info, warn, error, fatal, silent/);
    }
    assert.equal((await call("/log-level", { method: "PUT", body: "x".repeat(2000) })).status, 413);
    assert.equal(log.level, "info");
  });

  it("answers HEAD without a body", async () => {
    const { status, text, headers } = await call("/livez", { method: "HEAD" });
    assert.deepEqual([status, text, headers["content-length"]], [200, "", "3"]);
  });

  it("lists its endpoints where there is nothing", async () => {
    const { status, text } = await call("/");
    assert.equal(status, 404);
    const endpoints = [
      "GET /livez",
      "GET /readyz",
      "GET /metrics",
      "GET /settings",
      "GET /log-level",
      "PUT /log-level",
    ];
    assert.deepEqual(JSON.parse(text).endpoints, endpoints);
  });

  it("says which methods a path takes", async () => {
    const wrong = await call("/metrics", { method: "DELETE" });
    assert.deepEqual([wrong.status, wrong.headers.allow], [405, "GET, HEAD"]);
    assert.equal((await call("/log-level", { method: "POST", body: "debug" })).headers.allow, "GET, HEAD, PUT");
  });

  it("refuses web pages everywhere, and other hosts but for probes", async () => {
    for (const path of ["/livez", "/readyz", "/metrics", "/log-level", "/nothing"]) {
      const statusOf = async (headers: Record<string, string>) => (await call(path, { headers })).status;
      assert.equal(await statusOf({ host: "evil.example" }), path.endsWith("z") ? 200 : 403, path);
      assert.equal(await statusOf({ origin: "http://localhost" }), 403, path);
      assert.equal(await statusOf({ "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }), 403, path);
    }
  });

  it("lets people open what it shows in a browser, and changes nothing by a navigation", async () => {
    const typed = { "sec-fetch-site": "none", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
    assert.equal((await call("/metrics", { headers: typed })).status, 200);
    const changed = await call("/log-level", { method: "PUT", headers: typed, body: "debug" });
    assert.equal(changed.status, 403);
  });

  it("serves further hosts if told to", async () => {
    const open = await start({ hosts: ["exo.internal"] });
    assert.equal((await ask({ port: open.port, path: "/metrics", headers: { host: "exo.internal:1" } })).status, 200);
  });

  it("needs its token for all but the probes", async () => {
    const { port } = await start({ tokens: () => ["s3cret"] });
    const statusOf = async (path: string, authorization?: string) =>
      (await ask({ port, path, headers: authorization === undefined ? {} : { authorization } })).status;
    assert.deepEqual([await statusOf("/livez"), await statusOf("/readyz")], [200, 200]);
    for (const path of ["/metrics", "/settings", "/log-level", "/nothing"]) {
      assert.equal(await statusOf(path), 401, path);
      assert.equal(await statusOf(path, "Bearer s3cre"), 401, path);
      assert.equal(await statusOf(path, "Bearer s3cret"), path === "/nothing" ? 404 : 200, path);
    }
  });

  it("keeps the inside to itself when a metric cannot be read", async () => {
    const registry = createRegistry({ version: "1", defaults: false });
    const collect = () => {
      throw new Error("table users is locked");
    };
    plainGauge({ registry, name: "broken", help: "b", labelNames: [], collect });
    const { port } = await start({ registry });
    const { status, text } = await ask({ port, path: "/metrics" });
    assert.equal(status, 500);
    assert.ok(!text.includes("locked"));
    assert.match(JSON.stringify(lines.at(-1)), /table users is locked/);
  });

  it("names its own setting if the port is taken", async () => {
    await assert.rejects(start({ port: server.port }), (error) => {
      assert.ok(error instanceof StartError);
      assert.match(error.message, /already in use: choose another with --admin-port$/);
      return true;
    });
  });
});
