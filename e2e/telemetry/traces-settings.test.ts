import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts, packageVersion } from "@exosphere/process";
import type { AppUnderTest } from "@exosphere/testkit/app-under-test";
import { Mesh } from "@exosphere/testkit/mesh";
import { ask, send } from "@exosphere/testkit/messages";
import { OtlpReceiver } from "@exosphere/testkit/otlp-receiver";
import { startOfTrace } from "./span-tree.ts";

const routes = {
  web: { sends: ["create"], receives: ["created"] },
  users: { sends: ["created"], receives: ["create"] },
};

describe("The traces of a process", () => {
  const mesh = new Mesh();
  let otlp: OtlpReceiver;
  let users: AppUnderTest;
  const folder = mkdtempSync(join(tmpdir(), "exo-traces-"));

  before(async function () {
    this.timeout(60_000);
    otlp = mesh.keep(await OtlpReceiver.start());
    await mesh.startBroker({ routes });
    users = (await mesh.startService("users")).app;
    users.on("create", () => ({ reply: { name: "created" } }));
  });
  beforeEach(() => {
    users.deliveries.length = 0;
    otlp.spans.length = 0;
  });
  after(async () => {
    await mesh.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A sidecar of `web` with these variables; stopped by the test, or in the end. */
  const startWeb = (env: Readonly<Record<string, string>>) => mesh.startSidecar("web", { env });

  /** Every module that a process has loaded, written down by V8 when it ends: nobody has to say it. */
  async function modulesOf(name: string, env: Readonly<Record<string, string>>): Promise<string[]> {
    const place = join(folder, name);
    const sidecar = await startWeb({ ...env, NODE_V8_COVERAGE: place });
    const { traceparent } = startOfTrace().headers;
    assert.equal((await ask(sidecar.edge, "create", "1", { traceparent })).status, 200);
    assert.equal((await sidecar.stop()).code, 0);
    return readdirSync(place).flatMap((file) => {
      const { result } = JSON.parse(readFileSync(join(place, file), "utf8")) as { result: { url: string }[] };
      return result.map(({ url }) => url);
    });
  }

  it("are off by default, without OpenTelemetry being loaded", async function () {
    this.timeout(40_000);
    const without = await modulesOf("without", {});
    assert.ok(without.some((url) => url.endsWith("/sidecar/src/app.ts")));
    // Its interface alone comes with prom-client, which looks for the trace that a value is an example of.
    const isOfSdk = (url: string) => /open-?telemetry/.test(url) && !url.includes("/@opentelemetry/api/");
    assert.deepEqual(without.filter(isOfSdk), []);
    const withTraces = await modulesOf("with", otlp.env);
    assert.ok(withTraces.some((url) => url.includes("/@opentelemetry/sdk-trace/")));
  });

  it("are off though an endpoint is set if the variables say so", async () => {
    for (const off of [{ OTEL_SDK_DISABLED: "true" }, { OTEL_TRACES_EXPORTER: "none" }]) {
      const web = await startWeb({ ...otlp.env, ...off });
      await ask(web.edge, "create", "1", startOfTrace().headers);
      await web.stop();
      assert.deepEqual(otlp.spans, []);
    }
  });

  it("that are off let every context through, byte for byte", async () => {
    const web = await startWeb({});
    const { traceId, spanId } = startOfTrace();
    for (const [nth, headers] of [
      { traceparent: `00-${traceId}-${spanId}-01`, tracestate: "b=2 ,  a=1;x" },
      { traceparent: `cc-${traceId}-${spanId}-03-what the future brings` },
      { traceparent: "not what the standard has", tracestate: "x" },
    ].entries()) {
      await send(web.edge, "create", "1", headers as Record<string, string>);
      const { headers: got } = await users.delivery("create", nth + 1);
      assert.deepEqual([got.traceparent, got.tracestate], [headers.traceparent, headers.tracestate]);
    }
    await send(web.edge, "create", "1");
    const { headers } = await users.delivery("create", 4);
    assert.deepEqual([headers.traceparent, headers.tracestate], [undefined, undefined]);
    await web.stop();
  });

  it("leave when the process is told to end, however long they would wait otherwise", async () => {
    const web = await startWeb({ ...otlp.env, OTEL_BSP_SCHEDULE_DELAY: "600000" });
    const start = startOfTrace();
    await ask(web.edge, "create", "1", start.headers);
    assert.deepEqual(otlp.spans, []);
    assert.equal((await web.stop()).code, 0);
    assert.deepEqual(
      otlp.spans.map(({ name, traceId }) => [name, traceId]),
      [["send create", start.traceId]],
    );
  });

  it("that nobody takes hold up nothing: the process ends in order, and says so", async () => {
    const sockets: Socket[] = [];
    const hole = createServer((socket) => sockets.push(socket));
    const [port] = (await freePorts(1)) as [number];
    await new Promise<void>((resolve) => hole.listen(port, "127.0.0.1", resolve));
    const web = await startWeb({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
    assert.equal((await ask(web.edge, "create", "1")).status, 200);
    assert.equal((await web.stop()).code, 0);
    assert.equal(web.logged("the last spans did not leave in time").length, 1);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => hole.close(resolve));
  });

  it("go on being made while nobody listens, which is in the log and nowhere else", async () => {
    const [port] = (await freePorts(1)) as [number];
    const web = await startWeb({
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_TIMEOUT: "200",
      OTEL_BSP_SCHEDULE_DELAY: "50",
    });
    assert.equal((await ask(web.edge, "create", "1")).status, 200);
    const entry = await web.logs("OpenTelemetry:");
    assert.equal(entry.level, "warn");
    assert.equal((await ask(web.edge, "create", "1")).status, 200);
    assert.equal((await web.stop()).code, 0);
    assert.deepEqual(web.stderr, []);
    assert.ok(web.stdout.every((line) => line.startsWith("{")));
  });

  it("obey sampler, name, attributes and headers of the variables", async () => {
    const web = await startWeb({
      ...otlp.env,
      OTEL_SERVICE_NAME: "the shop",
      OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=test",
      OTEL_EXPORTER_OTLP_HEADERS: "x-tenant=seven",
      OTEL_TRACES_SAMPLER: "parentbased_always_off",
    });
    const start = startOfTrace();
    // Who was recorded before it came goes on being recorded; what begins here does not, and tells those behind.
    await send(web.edge, "create", "1");
    const { headers } = await users.delivery("create");
    assert.match(String(headers.traceparent), /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    await ask(web.edge, "create", "1", start.headers);
    await web.stop();
    assert.deepEqual(
      otlp.spans.map(({ name, traceId, service }) => [name, traceId, service]),
      [["send create", start.traceId, "the shop"]],
    );
    assert.equal(otlp.spans[0]?.resource["deployment.environment.name"], "test");
    assert.equal(otlp.headers.at(-1)?.["x-tenant"], "seven");
  });

  it("tell the host and the version, but not the command line", async () => {
    const web = await startWeb(otlp.env);
    await ask(web.edge, "create", "1");
    await web.stop();
    const { resource = {} } = otlp.spans[0] ?? {};
    assert.equal(resource["service.name"], "web");
    assert.equal(resource["service.version"], packageVersion(import.meta.url));
    assert.ok(resource["host.name"] && resource["service.instance.id"]);
    assert.equal(resource["process.command_args"], undefined);
  });
});
