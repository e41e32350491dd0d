import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { ExoError } from "@exosphere/proto";
import { eventually, metricOf } from "@exosphere/testkit";
import { BulkCall } from "@exosphere/testkit/bulk-call";
import { Mesh } from "@exosphere/testkit/mesh";
import { ask, send } from "@exosphere/testkit/messages";
import { RawWebSocket } from "@exosphere/testkit/raw-websocket";
import { SdkMesh } from "./sdk/sdk-mesh.ts";

const routes = { web: { sends: ["note"], receives: [] }, sink: { receives: ["note"] } };

/** What a sender is told of a message that is not taken: the reason, and in how many milliseconds it may come again. */
type Told = readonly [reason: unknown, retryAfterMs: unknown];

describe("A message that there is no room for", function () {
  this.timeout(60_000);
  let mesh: SdkMesh;

  beforeEach(() => {
    mesh = new SdkMesh();
  });
  afterEach(() => mesh.stop());

  /** Sends by each path until one is refused, and says of what the sender was told. */
  async function refusals(): Promise<Readonly<Record<string, Told>>> {
    const web = await mesh.startSocketSidecar("web");
    const client = mesh.connect("web");
    await client.ready();
    const http = async (call: typeof send): Promise<Told> => {
      const { json, headers } = await eventually("a refusal", async () => {
        const answer = await call(web.edge, "note", "1");
        return answer.status === 429 && answer;
      });
      return [json.reason, 1000 * Number(headers.get("retry-after"))];
    };
    const sdk = eventually("a refusal", async () => {
      const error = await client.send("note", 1).then(() => undefined, ExoError.from);
      return error && ([error.reason, error.retryAfterMs ?? 0] as const);
    });
    const overSdk = await sdk;
    const bulk = mesh.keep(new BulkCall(web.port));
    bulk.end('{"name":"note"}\n'.repeat(20));
    const lines = await bulk.finished();
    const refused = lines.find(({ reason }) => reason !== undefined);
    const socket = await RawWebSocket.register(web.port, "web", { errors: true });
    for (let sent = 0; sent < 20; sent += 1) socket.send({ name: "note", sender: "web" });
    const { payload } = await socket.message("exocom.error");
    socket.drop();
    const problem = payload as Readonly<Record<string, unknown>>;
    return {
      send: await http(send),
      request: await http(ask),
      sdk: overSdk,
      bulk: [refused?.reason, refused?.retryAfterMs],
      webSocket: [problem.reason, problem.retryAfterMs],
    };
  }

  it("in the queue is refused with QUEUE_FULL, by whatever path it came", async () => {
    await mesh.startBroker({ routes, args: ["--max-queue-messages", "1"] });
    for (const [path, told] of Object.entries(await refusals())) assert.deepEqual(told, ["QUEUE_FULL", 1000], path);
  });

  it("in the rate of its role is refused with RATE_LIMITED, by whatever path it came", async () => {
    await mesh.startBroker({ routes, args: ["--max-role-rate", "1"] });
    for (const [path, [reason, retryAfterMs]] of Object.entries(await refusals())) {
      assert.equal(reason, "RATE_LIMITED", path);
      assert.ok(Number(retryAfterMs) > 0 && Number(retryAfterMs) <= 1000, `${path}: ${retryAfterMs}`);
    }
    const outcome = 'exocom_published_total{role="web",name="note",outcome="rate_limited"}';
    assert.ok(((await metricOf(mesh.broker.admin, outcome)) ?? 0) >= 5);
  });
});

describe("Bodies that are being read", function () {
  this.timeout(30_000);
  const mesh = new Mesh();
  const sockets: Socket[] = [];
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await mesh.stop();
  });

  /** The beginning of a request, whose body is to have so many bytes. */
  async function begin(port: number, bytes: number, part: string) {
    const socket = connect(port, "127.0.0.1");
    sockets.push(socket);
    await once(socket, "connect");
    socket.write(`POST /v1/send/note HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${bytes}\r\n\r\n${part}`);
    let text = "";
    socket.on("data", (chunk) => {
      text += String(chunk);
    });
    return { socket, text: () => text };
  }

  it("are bounded in bytes, all together, and make room when one is through", async () => {
    await mesh.startBroker({ routes });
    const web = await mesh.startSidecar("web", { args: ["--max-payload", "64KiB", "--max-body-bytes", "64KiB"] });
    const held = () => metricOf(web.admin, "exo_sidecar_body_bytes");
    const half = `"${"x".repeat(40_000)}`;
    const first = await begin(web.port, half.length + 1, half);
    await eventually("half a body", async () => (await held()) === half.length);
    const second = await begin(web.port, half.length + 1, half);
    await eventually("a refusal", () => second.text().includes("RATE_LIMITED"));
    assert.match(second.text(), /^HTTP\/1\.1 429 [\s\S]*\r\nretry-after: 1\r\n/i);
    const lines = mesh.keep(new BulkCall(web.port));
    lines.write(`{"name":"note"}\n{"name":"note","payload":${half}`);
    assert.deepEqual(
      (await lines.finished()).map(({ reason }) => reason),
      [undefined, "RATE_LIMITED"],
    );
    assert.equal(await metricOf(web.admin, "exo_sidecar_bodies_refused_total"), 2);
    first.socket.write('"');
    await eventually("an answer", () => first.text().startsWith("HTTP/1.1 202 "));
    assert.equal(await held(), 0);
    // One that goes away gives its room back as well.
    const third = await begin(web.port, half.length + 1, half);
    await eventually("half a body", async () => (await held()) === half.length);
    third.socket.destroy();
    await eventually("room", async () => (await held()) === 0);
    const bulk = mesh.keep(new BulkCall(web.port));
    bulk.write(`{"name":"note","payload":"${"x".repeat(1000)}`);
    await eventually("half a line", async () => ((await held()) ?? 0) > 1000);
    bulk.end('"}\n');
    assert.equal((await bulk.finished()).length, 1);
    await eventually("room", async () => (await held()) === 0);
  });

  it("come by so many connections at the most", async () => {
    await mesh.startBroker({ routes });
    const web = await mesh.startSidecar("web", { args: ["--max-connections", "2"] });
    const [first, second] = [await begin(web.port, 3, ""), await begin(web.port, 3, "")];
    await eventually("both", async () => (await metricOf(web.admin, "exo_sidecar_connections")) === 2);
    const third = await begin(web.port, 3, "");
    // Closed, or reset as it has sent something already.
    third.socket.on("error", () => {});
    third.socket.resume();
    await eventually("its end", () => third.socket.closed);
    assert.equal(await metricOf(web.admin, "exo_sidecar_connections_refused_total"), 1);
    for (const { socket } of [first, second]) socket.write("123");
    await eventually("answers", () => [first, second].every(({ text }) => text().startsWith("HTTP/1.1 202 ")));
  });
});
