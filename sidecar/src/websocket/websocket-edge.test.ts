import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ExoError } from "@exosphere/proto";
import { silentLog } from "@exosphere/telemetry";
import { eventually, HandClock } from "@exosphere/testkit";
import { RawWebSocket } from "@exosphere/testkit/raw-websocket";
import type { Incoming, Outgoing } from "../core/bus.ts";
import { incomingWith } from "../core/incoming.fixture.ts";
import { MessageCompleter } from "../core/outgoing-message.ts";
import { ReceivedMessages } from "../core/received.ts";
import type { Ending, Seat, Taker } from "../core/seat.ts";
import { WebSocketEdge, type WebSocketEdgeOptions } from "./websocket-edge.ts";

/** An edge on a port, whose bus is the test. */
class EdgeUnderTest {
  readonly sent: { readonly message: Outgoing; readonly accepted: (error: Error | undefined) => void }[] = [];
  readonly settled: [id: string, ending: Ending][] = [];
  readonly windows: number[] = [];
  socket: Taker | undefined;
  hasLeft = false;
  readonly edge: WebSocketEdge;
  readonly #server: Server = createServer();

  constructor(options: Partial<WebSocketEdgeOptions> = {}) {
    this.edge = new WebSocketEdge({
      seats: { take: (_role, socket) => this.#take(socket) },
      guard: () => undefined,
      maxPayloadBytes: 1024 * 1024,
      maxSockets: 2,
      concurrency: 64,
      observer: { sent: () => {}, handled: () => {} },
      log: silentLog(),
      ...options,
    });
    this.edge.serve(this.#server);
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.edge.close();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  deliver(id: string, payload: string): void {
    this.socket?.deliver(incomingWith({ id, payload: JSON.stringify(payload) }));
  }

  #take(socket: Taker): Seat {
    this.socket = socket;
    const received = new ReceivedMessages();
    return {
      bus: {
        send: (message, accepted) => void this.sent.push({ message, accepted }),
        request: () => 0,
        abandon: () => {},
      },
      completer: new MessageCompleter(received, () => "new"),
      received,
      settle: ({ id }: Incoming, ending) => void this.settled.push([id, ending]),
      windowChanged: () => void this.windows.push(socket.window),
      leave: () => {
        this.hasLeft = true;
      },
    };
  }
}

describe("the WebSocket edge", () => {
  let tested: EdgeUnderTest;
  let clients: RawWebSocket[];

  async function edge(options?: Partial<WebSocketEdgeOptions>) {
    tested = new EdgeUnderTest(options);
    return tested.listen();
  }

  async function register(port: number, payload?: object): Promise<RawWebSocket> {
    const client = await RawWebSocket.register(port, "users", payload);
    clients.push(client);
    await eventually("the registration", () => tested.socket);
    return client;
  }

  beforeEach(() => {
    clients = [];
  });
  afterEach(async () => {
    for (const client of clients) client.drop();
    await tested.stop();
  });

  it("pings every 25 s, and ends a peer that has not answered after 8, without a close frame", async () => {
    const clock = new HandClock();
    const port = await edge({ after: clock.after });
    const [alive, dead] = [await register(port), await register(port)];
    await eventually("both", () => tested.windows.length === 2);
    dead.answersPings = false;
    clock.advanceTo(25_000);
    await eventually("the pings", () => alive.pings === 1 && dead.pings === 1);
    // Behind the pong: what was read after it shows that it was read.
    alive.send({ name: "x" });
    await eventually("the answer", () => tested.sent.length === 1);
    clock.advanceTo(33_000);
    await dead.closed();
    assert.deepEqual([alive.isClosed, dead.closeCode], [false, undefined]);
    clock.advanceTo(50_000);
    await eventually("the next ping", () => alive.pings === 2);
  });

  it("takes no credit for a client that does not read, ends it past the limit, and hands back what it has not seen", async () => {
    const port = await edge();
    const client = await register(port);
    client.pause();
    const payload = "x".repeat(1_000_000);
    let given = 0;
    const give = () => tested.deliver(String(given++), payload);
    await eventually("no more credit", () => {
      give();
      return tested.windows.at(-1) === 0;
    });
    for (let more = 0; more < 40 && !tested.hasLeft; more += 1) give();
    await eventually("the end", () => tested.hasLeft && tested.settled.length === given);
    assert.equal(tested.edge.size, 0);
    const endings = Map.groupBy(tested.settled, ([, ending]) => ending);
    assert.deepEqual([...endings.keys()].sort(), ["done", "returned"]);
    assert.equal(tested.edge.waitingBytes, 0);
  });

  it("takes credit again when a slow client has caught up", async () => {
    const port = await edge();
    const client = await register(port);
    client.pause();
    let given = 0;
    await eventually("no more credit", () => {
      tested.deliver(String(given++), "x".repeat(1_000_000));
      return tested.windows.at(-1) === 0;
    });
    client.resume();
    await eventually("credit", () => tested.windows.at(-1) === 64);
    await eventually("everything", () => client.texts.length === given);
    assert.deepEqual(new Set(tested.settled.map(([, ending]) => ending)), new Set(["done"]));
  });

  it("reads no more of a client that sends faster than the bus takes it, and loses nothing", async () => {
    const clock = new HandClock();
    const port = await edge({ after: clock.after });
    const client = await register(port);
    const count = 200;
    for (let index = 0; index < count; index += 1)
      client.send({ name: "x", payload: `${index} ${"x".repeat(50_000)}` });
    let taken = 0;
    await eventually("a full edge", () => tested.sent.length >= 20);
    // Its answer to a ping is not read either, and nobody blames it.
    clock.advanceTo(100_000);
    assert.ok(tested.sent.length < 60, `${tested.sent.length} were read`);
    assert.equal(client.isClosed, false);
    await eventually("all of it", () => {
      for (const { accepted } of tested.sent.slice(taken)) accepted(undefined);
      taken = tested.sent.length;
      return taken === count;
    });
    const order = tested.sent.map(({ message }) =>
      Number.parseInt(Buffer.from(message.payload).toString().slice(1), 10),
    );
    assert.deepEqual(
      order,
      order.toSorted((a, b) => a - b),
    );
  });

  it("fails what a client that settles had seen when it left, and hands back the rest", async () => {
    const port = await edge();
    const client = await register(port, { settle: true });
    tested.deliver("1", "a");
    tested.deliver("2", "b");
    await eventually("both", () => client.texts.length === 2);
    client.send({ name: "exocom.settle", payload: { id: "2", outcome: "done" } });
    await eventually("the settlement", () => tested.settled.length === 1);
    client.drop();
    await eventually("the end", () => tested.hasLeft);
    tested.deliver("3", "late");
    assert.deepEqual(tested.settled, [
      ["2", "done"],
      ["1", "failed"],
      ["3", "returned"],
    ]);
    assert.equal(tested.windows.at(-1), 0);
  });

  it("takes a goodbye for a departure, however long the client leaves its connection open", async () => {
    const client = await register(await edge());
    client.pause();
    client.goodbye();
    await eventually("the departure", () => tested.hasLeft);
    assert.deepEqual([client.isClosed, tested.windows.at(-1), tested.edge.size], [false, 0, 0]);
    tested.deliver("late", "1");
    assert.deepEqual(tested.settled, [["late", "returned"]]);
  });

  it("tells of a registration without a role, if it asks for errors", async () => {
    const client = await RawWebSocket.connect(await edge());
    clients.push(client);
    client.send({ name: "exocom.register-service", payload: { errors: true } });
    const { payload } = await client.message("exocom.error");
    assert.equal((payload as { reason: string }).reason, "INVALID_MESSAGE");
    assert.equal(client.isClosed, false);
  });

  it("says of which message a settlement was wrong", async () => {
    const client = await register(await edge(), { errors: true, settle: true });
    client.send({ name: "exocom.settle", payload: { id: "7", outcome: "done" } });
    client.send({ name: "exocom.settle", payload: { id: "8", outcome: "fine" } });
    const errors = [await client.message("exocom.error"), await client.message("exocom.error", 2)];
    assert.deepEqual(
      errors.map(({ payload }) => (payload as { id: string }).id),
      ["7", "8"],
    );
  });

  it("waits in its drain for those who settle, and ends them by what they understand", async () => {
    const port = await edge();
    const client = await register(port, { settle: true, errors: true });
    tested.deliver("1", "a");
    let isIdle = false;
    const idled = tested.edge.idled(new AbortController().signal).then(() => {
      isIdle = true;
    });
    assert.equal((await RawWebSocket.upgrade(port)).status, 503);
    assert.deepEqual([isIdle, tested.windows.at(-1)], [false, 0]);
    client.send({ name: "exocom.settle", payload: { id: "1", outcome: "done" } });
    await idled;
    tested.edge.close();
    await client.closed();
    assert.equal(client.closeCode, 1012);
  });

  it("refuses one socket too many, and whom the guard refuses, before the upgrade", async () => {
    const refusal = new ExoError("UNAUTHENTICATED", "A token, please.");
    let refused: ExoError | undefined;
    const port = await edge({ guard: () => refused });
    await register(port);
    clients.push(await RawWebSocket.connect(port));
    assert.equal((await RawWebSocket.upgrade(port)).status, 429);
    refused = refusal;
    const { status, head } = await RawWebSocket.upgrade(port);
    assert.equal(status, 401);
    assert.match(head, /content-type: application\/problem\+json/);
    assert.match(head, /www-authenticate: Bearer/);
  });

  it("ends a client that understands errors for a text that is not UTF-8, and ignores that text of any other", async () => {
    const port = await edge();
    const notUtf8 = Buffer.from('{"name":"x","payload":"\xff"}', "latin1");
    const modern = await register(port, { errors: true });
    modern.send(notUtf8);
    await modern.closed();
    assert.equal(modern.closeCode, 1007);
    const legacy = await register(port);
    legacy.send(notUtf8);
    legacy.send({ name: "y" });
    await eventually("the next message", () => tested.sent.length === 1);
    assert.deepEqual([tested.sent[0]?.message.name, legacy.isClosed], ["y", false]);
  });
});
