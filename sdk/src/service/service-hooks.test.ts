import assert from "node:assert/strict";
import { MemoryBroker } from "../client/memory-broker.fixture.ts";
import { Service, type ServiceHooks, service } from "./service.ts";

describe("The hooks of a service", () => {
  let broker: MemoryBroker;
  let playing: Service;

  function play(hooks: ServiceHooks, handle: () => void | Promise<void> = () => {}): void {
    playing = new Service(broker.config, { handlers: { ask: handle }, ...hooks });
  }

  beforeEach(() => {
    broker = new MemoryBroker();
  });
  afterEach(() => playing.close());

  it("run before the first message is taken, and may send", async () => {
    const opened = Promise.withResolvers<void>();
    let isReady = false;
    play({
      beforeAll: async (service) => {
        await service.send("told", "hello");
        await opened.promise;
      },
    });
    const ready = playing.ready().then(() => {
      isReady = true;
    });
    await broker.settle();
    assert.deepEqual([broker.window, isReady, broker.published.length], [0, false, 1]);
    opened.resolve();
    await ready;
    await broker.settle();
    assert.equal(broker.window, 5);
  });

  it("run before the first message is taken, though they add handlers", async () => {
    const opened = Promise.withResolvers<void>();
    play({
      beforeAll: async (service) => {
        service.handle("told", () => {});
        await opened.promise;
      },
    });
    await broker.settle();
    const early = await broker.deliver("told", 1);
    assert.deepEqual([broker.window, broker.settled[0]?.outcome], [0, 5]);
    opened.resolve();
    await playing.ready();
    await broker.settle();
    const number = await broker.deliver("told", 2);
    assert.deepEqual(
      [broker.window, broker.settled.map(({ delivery, outcome }) => [delivery, outcome])],
      [5, [[early, 5], [number, 1]]], // biome-ignore format: one line
    );
  });

  it("are waited for by ready() no longer than its signal allows", async () => {
    play({ beforeAll: () => new Promise(() => {}) });
    await broker.settle();
    const enough = new AbortController();
    const ready = playing.ready(enough.signal);
    await broker.settle();
    enough.abort(new Error("enough"));
    await assert.rejects(ready, /enough/);
    await playing.drain(AbortSignal.timeout(1));
  });

  it("run after the last handler has ended, before the service leaves", async () => {
    const order: string[] = [];
    const handled = Promise.withResolvers<void>();
    play(
      {
        afterAll: async (service) => {
          await service.send("told", "goodbye");
          order.push(`afterAll ${broker.hasLeft}`);
        },
      },
      () => handled.promise.then(() => void order.push("handler")),
    );
    await playing.ready();
    await broker.deliver("ask", 1);
    const drained = playing.drain();
    handled.resolve();
    await drained;
    assert.deepEqual([order, broker.hasLeft], [["handler", "afterAll false"], true]);
  });

  it("end the service if the first fails, with what it threw", async () => {
    const error = new Error("no database");
    const ended: string[] = [];
    play({ beforeAll: () => Promise.reject(error), afterAll: () => void ended.push("afterAll") });
    await assert.rejects(playing.ready(), error);
    await broker.settle();
    assert.deepEqual(ended, ["afterAll"]);
    const logged = broker.logged.find(({ level }) => level === "error");
    assert.deepEqual(logged, { level: "error", facts: { err: error }, text: "beforeAll failed" });
    await assert.rejects(playing.send("told"), { reason: "DRAINING" });
  });

  it("that never end keep a service no longer than its drain may take", async () => {
    const never = () => new Promise<void>(() => {});
    for (const hooks of [{ beforeAll: never }, { afterAll: never }]) {
      broker = new MemoryBroker();
      play(hooks);
      await broker.settle();
      const forced = new AbortController();
      const drained = playing.drain(forced.signal);
      await broker.settle();
      assert.equal(playing.isAttached, true);
      forced.abort();
      await drained;
      assert.equal(playing.isAttached, false);
    }
  });

  it("make drain() fail if the last fails, but not the service stay", async () => {
    const error = new Error("cannot close");
    play({ afterAll: () => Promise.reject(error) });
    await playing.ready();
    await assert.rejects(playing.drain(), error);
    await broker.settle();
    assert.equal(playing.isAttached, false);
  });
});

describe("service()", () => {
  it("says everything that is wrong with what it is given", () => {
    const start = (role: unknown, handlers: unknown, options: unknown = {}) =>
      service(role as string, handlers as never, { signals: false, ...(options as object) });
    assert.throws(() => start("users", undefined), /handlers of a service are an object/);
    assert.throws(() => start("users", []), /handlers of a service are an object/);
    assert.throws(() => start("users", { ask: 1 }), /handler of 'ask' must be a function .* but is 1/);
    assert.throws(() => start("", {}), /'role' must be text/);
    assert.throws(() => start("users", {}, { concurency: 4, graceMs: -1 }), /there is no option 'concurency' \(did you mean concurrency\?\).*'graceMs' must be a whole number/s); // biome-ignore format: one line
    assert.throws(() => start("users", { ask() {} }, { concurrencyOf: { ask: 0 } }), /concurrency of 'ask' must be/);
    assert.throws(() => start("users", { ask() {} }, { concurrencyOf: { aks: 2 } }), /there is no handler for 'aks'/);
  });
});
