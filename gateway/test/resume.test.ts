import assert from "node:assert/strict";
import { setImmediate as tick } from "node:timers/promises";
import { eventually, metricOf } from "@exosphere/testkit";
import { GatewayBus } from "@exosphere/testkit/gateway-bus";
import { Network } from "@exosphere/testkit/network";
import { type Frame, type Welcome, WsClient } from "@exosphere/testkit/ws-client";
import { EventSource } from "eventsource";

/** A client that is cut off again and again, and keeps what it got over all its connections. */
class Wanderer {
  readonly payloads: number[] = [];
  recovered: boolean[] = [];
  #position: Frame = {};
  #client: WsClient | undefined;
  readonly #url: string;
  #isDone = false;

  constructor(url: string) {
    this.#url = url;
  }

  get sessionId(): string {
    return String(this.#position.session).split(".")[0] ?? "";
  }

  async connect(): Promise<void> {
    const client = await WsClient.connect(this.#url, this.#position);
    this.#client = client;
    this.recovered.push(client.welcome.recovered);
    this.#position = { session: client.welcome.session, offset: client.welcome.offset };
    const take = (frame: Frame) => {
      if (frame.name !== "news") return;
      this.payloads.push(frame.payload as number);
      this.#position = { ...this.#position, offset: frame.offset };
    };
    for (const frame of client.frames) take(frame);
    client.socket.on("message", (data) => take(JSON.parse(String(data)) as Frame));
    client.socket.once("close", () => this.#isDone || void this.connect());
  }

  /** Loses the connection in the middle of whatever is happening. */
  cut(): void {
    this.#client?.socket.removeAllListeners("message");
    this.#client?.drop();
  }

  close(): void {
    this.#isDone = true;
    this.#client?.drop();
  }
}

describe("a client that comes back", function () {
  this.timeout(120_000);
  let bus: GatewayBus;

  before(async () => {
    bus = await GatewayBus.start();
  });

  const cleanups: (() => void)[] = [];

  // Two gateways of one role would share its messages.
  afterEach(() => {
    for (const cleanUp of cleanups.splice(0)) cleanUp();
    bus.closeGateways();
  });

  after(() => bus.stop());

  const send = (sessionId: string, payload: unknown) => bus.server.send("news", payload, { auth: { sessionId } });

  it("misses nothing and gets nothing twice: 100 clients, cut off at random, while 10,000 messages flow", async () => {
    const { url } = await bus.startGateway("--address-connections", "500");
    const wanderers = Array.from({ length: 100 }, () => new Wanderer(url));
    cleanups.push(() => wanderers.forEach((each) => void each.close()));
    await Promise.all(wanderers.map((each) => each.connect()));
    for (let count = 1; count <= 100; count += 1) {
      await Promise.all(wanderers.map(({ sessionId }) => send(sessionId, count)));
      for (const each of wanderers) if (Math.random() < 0.05) each.cut();
      await tick();
    }
    await eventually("everything", () => wanderers.every(({ payloads }) => (payloads.at(-1) ?? 0) === 100), 60_000);
    const expected = Array.from({ length: 100 }, (_, index) => index + 1);
    for (const { payloads } of wanderers) assert.deepEqual(payloads, expected);
    const back = wanderers.flatMap(({ recovered }) => recovered.slice(1));
    assert.ok(back.length > 100, `${back.length} were cut off`);
    assert.ok(back.every((recovered) => recovered));
  });

  it("is told that something is missing when the window does not reach back", async () => {
    const { url } = await bus.startGateway("--window-messages", "5");
    const client = await WsClient.connect(url);
    const { position, welcome } = client;
    client.drop();
    await client.end();
    for (let count = 1; count <= 9; count += 1) await send(welcome.sessionId, count);
    const back = await WsClient.connect(url, position);
    assert.deepEqual([back.welcome.recovered, back.welcome.offset], [false, 4]);
    await back.message(5);
    assert.deepEqual(
      back.pushed.map(({ offset, payload }) => [offset, payload]),
      [5, 6, 7, 8, 9].map((each) => [each, each]),
    );
    back.drop();
  });

  it("is told the same when its session is over, or was another gateway's, or its offset is made up", async () => {
    const { url, admin } = await bus.startGateway("--session-ttl", "100ms");
    const client = await WsClient.connect(url);
    const { position } = client;
    client.drop();
    await eventually("the end of the session", async () => (await metricOf(admin, "exo_gateway_sessions")) === 0);
    const late = await WsClient.connect(url, position);
    assert.equal(late.welcome.recovered, false);
    // Messages that are under way to the session still find it.
    assert.equal(late.welcome.sessionId, client.welcome.sessionId);
    assert.notEqual(late.welcome.session, position.session);
    late.drop();
    const { url: other } = await bus.startGateway();
    const stranger = await WsClient.connect(other, position);
    assert.equal(stranger.welcome.recovered, false);
    assert.notEqual(stranger.welcome.sessionId, client.welcome.sessionId);
    const liar = await WsClient.connect(other, { session: stranger.welcome.session, offset: 1000 });
    assert.deepEqual([liar.welcome.recovered, liar.welcome.offset], [false, 0]);
    for (const each of [stranger, liar]) each.drop();
  });

  it("is bounded in bytes if it reads too slowly, told so by the code, and catches up", async () => {
    const { url, admin } = await bus.startGateway("--max-backlog", "256KiB", "--window-bytes", "64MiB");
    const client = await WsClient.connect(url);
    client.socket.pause();
    const payload = "x".repeat(64 * 1024);
    let sent = 0;
    const clients = () => metricOf(admin, 'exo_gateway_clients{transport="websocket"}');
    let most = 0;
    // The machine's own buffers take some megabytes before the gateway notices.
    while (sent < 400) {
      await Promise.all(Array.from({ length: 8 }, () => send(client.welcome.sessionId, payload)));
      sent += 8;
      most = Math.max(most, (await metricOf(admin, "exo_gateway_client_waiting_bytes")) ?? 0);
    }
    assert.ok(most < 512 * 1024, `${most} bytes waited`);
    client.socket.resume();
    assert.equal((await client.end()).code, 4413);
    await eventually("the end of the connection", async () => (await clients()) === 0);
    const back = await WsClient.connect(url, client.position);
    assert.equal(back.welcome.recovered, true);
    await eventually("the rest", () => back.offset === sent, 30_000);
    assert.equal(client.pushed.length + back.pushed.length, sent);
    back.drop();
  });

  describe("by server-sent events", () => {
    it("does so by itself: a plain EventSource, whose connection is cut", async () => {
      const { port } = await bus.startGateway();
      const network = await Network.start(port);
      const source = new EventSource(`${network.url}/v1/events`);
      cleanups.push(
        () => source.close(),
        () => network.close(),
      );
      const welcomes: Welcome[] = [];
      const payloads: unknown[] = [];
      source.addEventListener("welcome", ({ data }) => welcomes.push(JSON.parse(data)));
      source.addEventListener("message", ({ data }) => payloads.push(JSON.parse(data).payload));
      await eventually("the welcome", () => welcomes.length === 1);
      const { sessionId } = welcomes[0] as Welcome;
      await send(sessionId, 1);
      await eventually("the first", () => payloads.length === 1);
      network.cut();
      await send(sessionId, 2);
      await send(sessionId, 3);
      await eventually("the rest", () => payloads.length === 3);
      assert.deepEqual(payloads, [1, 2, 3]);
      assert.deepEqual(
        welcomes.map(({ recovered }) => recovered),
        [false, true],
      );
      assert.equal(welcomes[1]?.sessionId, sessionId);
    });

    it("from any offset, with the session in a header", async () => {
      const { url } = await bus.startGateway();
      const { session, sessionId } = (await (await fetch(`${url}/v1/session`, { method: "POST" })).json()) as Welcome;
      for (let count = 1; count <= 3; count += 1) await send(sessionId, count);
      const headers = { "exo-session": session, "last-event-id": "1" };
      const cut = new AbortController();
      const response = await fetch(`${url}/v1/events`, { headers, signal: cut.signal });
      assert.equal(response.headers.get("content-type"), "text/event-stream");
      let text = "";
      for await (const chunk of response.body as ReadableStream<Uint8Array>) {
        text += Buffer.from(chunk).toString();
        if (text.includes('"offset":3')) break;
      }
      cut.abort();
      assert.match(text, /^retry: \d+\n\nevent: welcome\nid: 1\./);
      assert.ok(text.includes('"recovered":true') && !text.includes('"offset":1,"name"'));
      assert.ok(text.includes(`id: 3.${session}\ndata: {"offset":3,`));
    });
  });
});
