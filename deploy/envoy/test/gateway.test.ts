import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePorts } from "@exosphere/process";
import { eventually } from "@exosphere/testkit";
import { EnvoyProcess, envoyTitle, hasEnvoy } from "@exosphere/testkit/envoy-process";
import { GatewayBus, type StartedGateway } from "@exosphere/testkit/gateway-bus";
import { selfSignedCertificate } from "@exosphere/testkit/test-certificates";
import { WsClient } from "@exosphere/testkit/ws-client";
import { EventSource } from "eventsource";
import { Agent, request, fetch as undiciFetch } from "undici";
import { gatewayProxy } from "../src/gateway-proxy.ts";
import { gatewayProxySample } from "../src/samples.fixture.ts";
import { serverSecret } from "../src/tls.ts";

describe(`Envoy with TLS in front of the gateway${envoyTitle}`, function () {
  this.timeout(60_000);
  let bus: GatewayBus;
  let gateway: StartedGateway;
  let envoy: EnvoyProcess;
  let ports: readonly number[];
  let ca: string;
  let certificateFile: string;
  let dispatcher: Agent;
  const url = () => `https://127.0.0.1:${ports[0]}`;

  before(async function () {
    if (!hasEnvoy) return this.skip();
    bus = await GatewayBus.start();
    bus.server.handle("ask", ({ payload }) => ({ name: "answered", payload }));
    bus.server.handle("mail us", ({ payload }) => ({ name: "told", payload }));
    gateway = await bus.startGateway("--trusted-proxies", "127.0.0.1", "--allow-hosts", "shop.example.org");
    const files = selfSignedCertificate(bus.folder, "shop.example.org", "127.0.0.1");
    certificateFile = files.certificateFile;
    ca = readFileSync(certificateFile, "utf8");
    bus.file("tls.json", JSON.stringify(serverSecret(certificateFile, files.keyFile)));
    dispatcher = new Agent({ connect: { ca } });
    ports = await freePorts(4);
    envoy = await start(20, ports);
  });
  after(async () => {
    await dispatcher?.close();
    await envoy?.stop();
    await bus?.stop();
  });

  function start(burst: number, [port = 0, plainPort = 0, adminPort = 0]: readonly number[]): Promise<EnvoyProcess> {
    const proxy = gatewayProxySample({
      adminPort,
      listen: { host: "127.0.0.1", port },
      redirectFrom: { host: "127.0.0.1", port: plainPort },
      hosts: ["127.0.0.1", "shop.example.org"],
      certificate: { secretFile: bus.file("tls.json"), oldest: "TLSv1_3" },
      gateways: [{ host: "127.0.0.1", port: gateway.port }],
      gatewayAdminPort: gateway.adminPort,
      perConnection: { perSecond: 1, burst },
    });
    return EnvoyProcess.start(gatewayProxy(proxy), adminPort);
  }

  /** What an independent client gets. */
  async function curl(...args: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)("curl", ["-sS", "--cacert", certificateFile, "-m", "20", ...args]);
    return stdout;
  }

  it("speaks HTTP/2 and TLS 1.3, and says so to browsers", async () => {
    const said = await curl("--http2", "-D", "-", "-o", "/dev/null", "-w", "%{http_version}", `${url()}/openapi.json`);
    assert.match(said, /^HTTP\/2 200/);
    assert.match(said, /strict-transport-security: max-age=31536000/);
    await eventually("the access log", () => envoy.accesses.some(({ tls }) => tls === "TLSv1.3"));
  });

  it("refuses older TLS", async () => {
    await assert.rejects(curl("--tls-max", "1.2", `${url()}/openapi.json`), /protocol version|SSL|TLS/i);
  });

  it("passes on a call with its name as it is, and the trace that it belongs to", async () => {
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const options = { method: "POST", dispatcher, headers: { traceparent }, body: "[1]" } as const;
    const { statusCode, body } = await request(`${url()}/v1/request/mail%20us`, options);
    const reply = (await body.json()) as { payload: unknown };
    assert.deepEqual([statusCode, reply.payload], [200, [1]]);
    const line = await eventually("the access log", () =>
      envoy.accesses.find((each) => each.traceparent === traceparent),
    );
    assert.deepEqual([line.status, line.client, line.path], [200, "127.0.0.1", "/v1/request/mail%20us"]);
  });

  it("keeps what clients say of other addresses from the gateway, and tickets from the log", async () => {
    const headers = { "x-forwarded-host": "evil.example", forwarded: "for=10.0.0.1" };
    const { statusCode, body } = await request(`${url()}/openapi.json?ticket=secret`, { dispatcher, headers });
    await body.dump();
    assert.equal(statusCode, 200);
    await eventually("the access log", () => envoy.accesses.some(({ path }) => path === "/openapi.json"));
    assert.ok(!envoy.output.includes("ticket"));
  });

  it("passes on a WebSocket, which comes back to its session", async () => {
    const first = await WsClient.connect(url(), {}, { ca });
    const { sessionId } = first.welcome;
    await bus.news({ sessionId }, 1);
    await first.message();
    const { position } = first;
    first.drop();
    await bus.news({ sessionId }, 2);
    const second = await WsClient.connect(url(), position, { ca });
    assert.deepEqual([second.welcome.recovered, (await second.message()).payload], [true, 2]);
    second.drop();
  });

  it("passes on an event stream, which comes back by its last event", async () => {
    const payloads: unknown[] = [];
    let sessionId: string | undefined;
    let recovered: boolean | undefined;
    const source = new EventSource(`${url()}/v1/events`, {
      fetch: (address, init) => undiciFetch(String(address), { ...init, dispatcher }),
    });
    source.addEventListener("welcome", ({ data }) => {
      ({ sessionId, recovered } = JSON.parse(data) as { sessionId: string; recovered: boolean });
    });
    source.addEventListener("message", ({ data }) => payloads.push((JSON.parse(data) as { payload: unknown }).payload));
    await eventually("the welcome", () => sessionId);
    await bus.news({ sessionId }, "before");
    await eventually("the first event", () => payloads.length === 1);
    // Envoy goes and comes back: the browser connects anew by itself.
    await envoy.stop();
    await bus.news({ sessionId }, "meanwhile");
    envoy = await start(20, ports);
    await eventually("the second event", () => payloads.length === 2, 20_000);
    assert.deepEqual([payloads, recovered], [["before", "meanwhile"], true]);
    source.close();
  });

  it("refuses too many requests of one connection as the gateway would, and nobody else's", async () => {
    const flood = new Agent({ connect: { ca }, connections: 1, pipelining: 1 });
    const answers: { status: number; text: string; type: unknown; retryAfter: unknown }[] = [];
    for (let count = 0; count < 25; count += 1) {
      const { statusCode, headers, body } = await request(`${url()}/openapi.json`, { dispatcher: flood });
      const { "content-type": type, "retry-after": retryAfter } = headers;
      answers.push({ status: statusCode, text: await body.text(), type, retryAfter });
    }
    await flood.close();
    const refused = answers.find(({ status }) => status === 429);
    assert.ok(refused, JSON.stringify(answers.map(({ status }) => status)));
    const { reason } = JSON.parse(refused.text) as { reason: string };
    assert.deepEqual([reason, refused.type, refused.retryAfter], ["RATE_LIMITED", "application/problem+json", "1"]);
    assert.match(await curl("-w", "%{http_code}", "-o", "/dev/null", `${url()}/openapi.json`), /200/);
  });

  it("sends who comes without TLS to where it is", async () => {
    const { statusCode, headers, body } = await request(`http://127.0.0.1:${ports[1]}/v1/events?x=1`);
    await body.dump();
    assert.deepEqual([statusCode, headers.location], [308, `${url()}/v1/events?x=1`]);
  });

  it("shows a renewed certificate to those who come after it, and ends nobody's connection", async () => {
    const client = await WsClient.connect(url(), {}, { ca });
    const renewed = mkdtempSync(join(tmpdir(), "exo-renewed-"));
    selfSignedCertificate(renewed, "shop.example.org", "127.0.0.1");
    for (const end of ["crt", "key"])
      renameSync(join(renewed, `shop.example.org.${end}`), join(bus.folder, `shop.example.org.${end}`));
    rmSync(renewed, { recursive: true });
    await eventually(
      "the new certificate",
      () =>
        curl("-o", "/dev/null", `${url()}/openapi.json`).then(
          () => true,
          () => false,
        ),
      10_000,
    );
    await assert.rejects(
      request(`${url()}/openapi.json`, { dispatcher: new Agent({ connect: { ca } }) }),
      /self-signed|signature/,
    );
    await bus.news({ sessionId: client.welcome.sessionId }, "still here");
    assert.equal((await client.message()).payload, "still here");
    client.drop();
    ca = readFileSync(certificateFile, "utf8");
    dispatcher = new Agent({ connect: { ca } });
  });

  it("answers with a problem while the gateway is away", async () => {
    bus.closeGateways();
    const { statusCode, headers, body } = await request(`${url()}/openapi.json`, { dispatcher });
    const { reason, detail } = (await body.json()) as { reason: string; detail: string };
    assert.deepEqual([statusCode, headers["content-type"]], [503, "application/problem+json"]);
    assert.deepEqual([reason, detail.length > 20], ["BROKER_UNAVAILABLE", true]);
  });
});
