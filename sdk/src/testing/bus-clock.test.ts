import assert from "node:assert/strict";
import { RetryLater } from "../service/endings.ts";
import { createTestBus, type TestBus } from "./test-bus.ts";

const worker = { receives: ["work", "left"], sends: ["worked", "right"] };

describe("The clock of a test bus", () => {
  let bus: TestBus;

  beforeEach(() => {
    bus = createTestBus({ services: { worker } });
  });
  afterEach(() => bus.close());

  it("stands still but for the test", async () => {
    const before = bus.clock.nowMs();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(bus.clock.nowMs(), before);
    await bus.clock.advance(1_234);
    assert.equal(bus.clock.nowMs(), before + 1_234);
    await assert.rejects(bus.clock.advance(-1), /not by -1/);
  });

  it("stamps messages with its time, the same in every run", async () => {
    bus.service("worker", {
      work: ({ timestamp, responseTime }) => ({ name: "worked", payload: { timestamp, responseTime } }),
    });
    await bus.clock.advance(1_000);
    const { payload } = await bus.role("web").request("work");
    assert.deepEqual(payload, { timestamp: "2026-01-01T00:00:01.000000000Z", responseTime: 0 });
  });

  it("has what was put off tried again at its own moment, one after the other", async () => {
    const triedAt: number[] = [];
    bus.service("worker", {
      work: () => {
        triedAt.push(bus.clock.nowMs());
        throw new RetryLater("not yet", { afterMs: 5_000 });
      },
    });
    await bus.role("web").send("work");
    await bus.clock.advance(16_000);
    assert.equal(triedAt.length, 4);
    // The broker's timers are up to 32 ms late.
    for (const [index, atMs] of triedAt.entries())
      assert.ok(atMs >= index * 5_000 && atMs < index * 5_000 + 100, `${triedAt}`);
    await bus.takeUnexpected();
  });

  it("lets each step happen at its own moment, though the next one begins only then", async () => {
    const atMs: number[] = [];
    bus.service("worker", {
      work: async (_message, { request }) => {
        for (let step = 0; step < 3; step += 1) {
          await request("right");
          atMs.push(Math.round(bus.clock.nowMs()));
        }
      },
    });
    bus.role("right hand").replies("right", { name: "left" }, { afterMs: 1_000 });
    await bus.role("web").send("work");
    await bus.clock.advance(3_000);
    assert.deepEqual(atMs, [1_000, 2_000, 3_000]);
    await bus.assertNoUnexpected();
  });

  it("lets a handler hear of its deadline, and finish what it does then", async () => {
    const aborted: unknown[] = [];
    bus.service("worker", {
      work: async (_message, { signal, send }) => {
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        aborted.push((signal.reason as DOMException).name);
        await send("right");
      },
    });
    await bus.role("web").send("work", null, { deadlineMs: 60_000 });
    await bus.clock.advance(59_999);
    assert.deepEqual(aborted, []);
    await bus.clock.advance(1);
    assert.deepEqual(aborted, ["TimeoutError"]);
    assert.equal(bus.role("web").list("right").length, 1);
    await bus.assertNoUnexpected();
  });

  it("runs the broker itself: of several instances one gets all of an activity", async () => {
    const handled: string[] = [];
    for (const name of ["first", "second"]) bus.service("worker", { work: () => void handled.push(name) });
    const web = bus.role("web");
    const send = () => web.send("work", null, { activityId: "a" });
    for (let n = 0; n < 3; n += 1) await send();
    await bus.settled();
    assert.equal(new Set(handled).size, 1);
    assert.equal(handled.length, 3);
  });

  it("lets an hour pass in no time where nothing waits for it", async () => {
    bus.service("worker", { work: () => ({ name: "worked" }) });
    await bus.clock.advance(3_600_000);
    assert.equal((await bus.role("web").request("work")).name, "worked");
  });

  it("gives up on services that keep each other busy for ever", async () => {
    const ring = createTestBus({
      routes: { web: { sends: ["a"] }, one: { receives: ["a"], sends: ["b"] }, two: { receives: ["b"], sends: ["a"] } },
    });
    ring.service("one", { a: () => ({ name: "b" }) });
    ring.service("two", { b: () => ({ name: "a" }) });
    await ring.role("web").send("a");
    await assert.rejects(ring.settled(), /does not come to rest/);
    await ring.close();
  }).timeout(30_000);
});
