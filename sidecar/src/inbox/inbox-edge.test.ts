import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { createJsonEdge } from "@exosphere/http";
import { silentLog } from "@exosphere/telemetry";
import { eventually, HandClock } from "@exosphere/testkit";
import { InboxClient } from "@exosphere/testkit/inbox-client";
import type { Incoming } from "../core/bus.ts";
import { incomingWith } from "../core/incoming.fixture.ts";
import { MessageCompleter } from "../core/outgoing-message.ts";
import { ReceivedMessages } from "../core/received.ts";
import type { Ending, Seat, Taker } from "../core/seat.ts";
import { InboxEdge } from "./inbox-edge.ts";

/** An inbox on a port, whose bus is the test, under a clock that is moved by hand. */
class InboxUnderTest {
  readonly clock = new HandClock();
  readonly settled: [id: string, ending: Ending][] = [];
  readonly windows: number[] = [];
  taker: Taker | undefined;
  hasLeft = false;
  readonly edge = new InboxEdge({
    seats: { take: (_role, taker) => this.#take(taker) },
    roleOf: () => "users",
    maxStreams: 2,
    concurrency: 64,
    observer: { handled: () => {} },
    log: silentLog(),
    after: this.clock.after,
  });
  readonly #server = createJsonEdge({ endpoints: this.edge.endpoints, hosts: [], origins: [], log: silentLog() });

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.edge.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  deliver(id: string, payload: string = "", fields: Partial<Incoming> = {}): void {
    this.taker?.deliver(incomingWith({ id, payload: JSON.stringify(payload), ...fields }));
  }

  #take(taker: Taker): Seat {
    this.taker = taker;
    const received = new ReceivedMessages();
    return {
      bus: { send: () => {}, request: () => 0, abandon: () => {} },
      completer: new MessageCompleter(received, () => "new"),
      received,
      settle: ({ id }: Incoming, ending) => void this.settled.push([id, ending]),
      windowChanged: () => void this.windows.push(taker.window),
      leave: () => {
        this.hasLeft = true;
      },
    };
  }
}

describe("the inbox", () => {
  let tested: InboxUnderTest;
  let port: number;
  let clients: InboxClient[];

  beforeEach(async () => {
    tested = new InboxUnderTest();
    port = await tested.listen();
    clients = [];
  });
  afterEach(async () => {
    for (const client of clients) await client.stop();
    await tested.stop();
  });

  async function open(path?: string): Promise<InboxClient> {
    const client = await InboxClient.open(port, {}, path);
    clients.push(client);
    return client;
  }

  it("shows by a comment every 15 seconds that it is there", async () => {
    const client = await open();
    tested.clock.advanceTo(14_999);
    tested.deliver("m");
    await client.event();
    assert.doesNotMatch(client.raw, /keep-alive/);
    await eventually("nothing waits", () => tested.edge.waitingBytes === 0);
    tested.clock.advanceTo(15_000);
    await eventually("a comment", () => client.raw.endsWith(": keep-alive\n\n"));
    tested.clock.advanceTo(30_000);
    await eventually("another", () => client.raw.endsWith(": keep-alive\n\n: keep-alive\n\n"));
    assert.equal(client.events.length, 1);
  });

  it("answers a HEAD at once, and takes no place for it", async () => {
    const { status, headers } = await fetch(`http://127.0.0.1:${port}/v1/inbox`, { method: "HEAD" });
    assert.deepEqual([status, headers.get("content-type")], [200, "text/event-stream"]);
    assert.deepEqual([tested.taker, tested.edge.size], [undefined, 0]);
  });

  it("takes as many as the client wants, at most as many as the settings say", async () => {
    await (await open("/v1/inbox?concurrency=3")).stop();
    await eventually("it has left", () => tested.hasLeft);
    assert.deepEqual(tested.windows, [3, 0]);
    await open("/v1/inbox?concurrency=1000");
    assert.equal(tested.windows.at(-1), 64);
  });

  it("fails what a client may have seen, and gives back what it has not, once it is gone", async () => {
    const client = await open();
    tested.deliver("seen");
    await client.event();
    client.pause();
    tested.deliver("renamed", "", { name: "" });
    assert.deepEqual(tested.settled, [["renamed", "returned"]]);
    for (let nth = 0; nth < 40; nth += 1) tested.deliver(`m${nth}`, "x".repeat(1024 * 1024));
    assert.equal(tested.windows.at(-1), 0);
    // What comes on top of 16 MiB that wait for the client goes straight back.
    const returned = () => tested.settled.filter(([, ending]) => ending === "returned").length;
    assert.ok(returned() > 20);
    assert.ok(tested.edge.waitingBytes < 18 * 1024 * 1024);
    await client.stop();
    await eventually("it has left", () => tested.hasLeft);
    assert.equal(tested.settled.length, 42);
    assert.deepEqual(tested.settled.find(([id]) => id === "seen"), ["seen", "failed"]); // biome-ignore format: one line
    assert.deepEqual(tested.settled.find(([id]) => id === "m39"), ["m39", "returned"]); // biome-ignore format: one line
    assert.equal(tested.edge.size, 0);
  });

  it("has credit again once a slow client has read", async () => {
    const client = await open();
    client.pause();
    for (let nth = 0; nth < 12; nth += 1) tested.deliver(`m${nth}`, "x".repeat(1024 * 1024));
    assert.equal(tested.windows.at(-1), 0);
    client.resume();
    await client.event(12);
    await eventually("credit", () => tested.windows.at(-1) === 64);
    assert.deepEqual(tested.settled, []);
  });

  it("is one of a few, and none while its process shuts down, which waits for what is not settled", async () => {
    const [first] = [await open(), await open()];
    assert.equal((await open()).status, 429);
    tested.deliver("m");
    const second = clients[1] as InboxClient;
    const { id } = await second.event();
    let isIdle = false;
    const idled = tested.edge.idled(new AbortController().signal).then(() => {
      isIdle = true;
    });
    await eventually("no more credit", () => tested.windows.at(-1) === 0);
    assert.equal((await open()).status, 503);
    assert.equal(isIdle, false);
    assert.equal((await second.settle(id)).status, 204);
    await idled;
    tested.edge.close();
    await Promise.all([first?.closed(), second.closed()]);
    assert.deepEqual(tested.settled, [["m", "done"]]);
  });
});
