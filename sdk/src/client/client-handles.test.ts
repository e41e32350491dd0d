import assert from "node:assert/strict";
import { newRouteSliceReceive } from "@exosphere/proto";
import type { Status } from "./attachment.ts";
import { type Client, connect } from "./client.ts";
import { stderrLog } from "./log.ts";
import { connectedClient, type MemoryBroker } from "./memory-broker.fixture.ts";

describe("A client that handles messages", () => {
  let broker: MemoryBroker;
  let client: Client;

  beforeEach(async () => {
    ({ broker, client } = await connectedClient());
  });
  afterEach(() => client.close());

  it("takes deliveries from its first handler on, until that is taken away", async () => {
    const stop = client.handle("told", ({ payload }) => ({ name: "answer", payload }));
    await broker.settle();
    assert.equal(broker.window, 5);
    await broker.deliver("told", 1);
    assert.deepEqual([broker.settled.at(-1)?.outcome, broker.published.at(-1)?.text.payload], [1, "1"]);
    assert.throws(() => client.handle("told", () => {}), /'told' has a handler already/);
    stop();
    await broker.deliver("told", 1);
    assert.equal(broker.settled.at(-1)?.outcome, 4);
  });

  it("tells what happens to it, beginning with how it is", async () => {
    const kinds: Status["kind"][] = [];
    const stop = client.onStatus(({ kind }) => kinds.push(kind));
    broker.send({ routes: { revision: 2, sends: [], receives: [] } });
    await broker.settle();
    client.close();
    assert.deepEqual(kinds, ["attached", "routes", "closed"]);
    stop();
  });

  it("goes on, and the process hears of it, when who is told of it throws", async () => {
    const thrown = new Error("a fault of the listener");
    const before = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    const caught: unknown[] = [];
    process.on("uncaughtException", (error) => caught.push(error));
    try {
      const told: Status["kind"][] = [];
      client.onStatus(({ kind }) => {
        if (kind !== "attached") throw thrown;
      });
      client.onStatus(({ kind }) => told.push(kind));
      broker.send({ routes: { revision: 2, sends: [], receives: [] } });
      await broker.settle();
      await client.drain();
      await broker.settle();
      assert.deepEqual(
        [told, caught],
        [
          ["attached", "routes", "closed"],
          [thrown, thrown],
        ],
      );
    } finally {
      process.removeAllListeners("uncaughtException");
      for (const listener of before) process.on("uncaughtException", listener);
    }
  });

  it("warns once of a handler whose message the role does not receive", async () => {
    client.handle("tolld", () => {});
    for (const revision of [2, 3])
      broker.send({ routes: { revision, sends: [], receives: [newRouteSliceReceive({ number: 2, name: "told" })] } });
    await broker.settle();
    const warnings = broker.logged.filter(({ level }) => level === "warn");
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]?.text ?? "", /Role 'tester' does not receive 'tolld'/);
  });

  it("says in its log that the bus is there", () => {
    assert.deepEqual(broker.logged[0]?.text, "attached to the bus");
  });
});

describe("connect()", () => {
  it("says everything that is wrong with its options, before it connects", () => {
    const wrong = { role: "web", broker: "nowhere", maxOutboxBytes: "1", beforeAll: () => {} };
    assert.throws(
      () => connect(wrong as never),
      /'broker' must be brokers as host:port.*'maxOutboxBytes' must be a whole number.*there is no option 'beforeAll'/s,
    );
    assert.throws(() => connect({ role: "web", log: {} as never, transport: {} as never }), /'log' must have the methods.*'transport' must have/s); // biome-ignore format: one line
  });
});

describe("The log of the SDK", () => {
  it("writes lines of JSON from a level on, errors with their causes, and what is no JSON as text", () => {
    const lines: string[] = [];
    const { write } = process.stderr;
    process.stderr.write = ((text: string) => lines.push(text)) as never;
    try {
      const log = stderrLog("users", "warn");
      log.info("not shown");
      log.error({ err: new Error("outer", { cause: new Error("inner") }), big: 1n }, "failed");
      log.warn("look");
      stderrLog("users", "silent").error("not shown");
      log.error(new Error("alone"), "failed");
      const odd = Object.assign(Object.create(null), { big: 1n });
      log.error({ err: odd, cause: Object.assign(new Error("odd"), { message: 1n }) }, "odd");
    } finally {
      process.stderr.write = write;
    }
    const [error, warn, alone, odd] = lines.map((line) => JSON.parse(line));
    assert.equal(lines.length, 4);
    assert.deepEqual([error.level, error.name, error.msg, error.big, error.err.message], ["error", "users", "failed", "1", "outer"]); // biome-ignore format: one line
    assert.match(error.err.stack, /outer[\s\S]*caused by: Error: inner/);
    assert.deepEqual([warn.level, warn.msg], ["warn", "look"]);
    assert.deepEqual([alone.err.message, alone.msg], ["alone", "failed"]);
    assert.deepEqual([odd.err, odd.cause], ["(object without text)", "Error: 1"]);
  });
});
