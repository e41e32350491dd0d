import assert from "node:assert/strict";
import { receivedByAndBy, type Subject } from "./driver.ts";

const routes = { web: { sends: ["a", "b"] }, sink: { receives: ["a", "b"] } };
const two = { web: { sends: ["a"] }, sink: { receives: ["a"] }, other: { receives: ["a"] } };
/** What a waiting delivery counts for beside its payload. */
const overhead = 1536;

/** What waits for a role without a free instance. */
export function queueCases({ start }: Subject): void {
  describe("queue", () => {
    it("keeps messages in order for a role without an instance", async () => {
      const bus = await start(routes);
      const web = await bus.attach("web");
      const sent = Array.from({ length: 20 }, (_, index) => String(index));
      for (const payload of sent) {
        assert.equal(await web.publish(Number(payload) % 2 ? "a" : "b", { payload }), "ok");
      }
      const sink = await bus.attach("sink", { window: 100 });
      assert.deepEqual(
        (await sink.received()).map(({ payload }) => payload),
        sent,
      );
      assert.equal(bus.waiting("sink"), 0);
    });

    it("keeps the order when their instance was lost before it got them", async () => {
      const bus = await start(routes);
      const [web, lost] = [await bus.attach("web"), await bus.attach("sink", { window: 100 })];
      await lost.stall();
      const payload = (index: number) => `${index} ${"x".repeat(200_000)}`;
      for (let index = 0; index < 60; index += 1) await web.publish("a", { payload: payload(index) });
      await lost.break();
      const sink = await bus.attach("sink", { window: 100 });
      const numbers = (await receivedByAndBy(bus, "sink", sink)).map((each) => Number.parseInt(each.payload, 10));
      assert.ok(numbers.length > 1);
      assert.deepEqual(
        numbers,
        [...numbers].sort((a, b) => a - b),
      );
    });

    it("drops a message at its deadline, and no other", async () => {
      const bus = await start(routes);
      const web = await bus.attach("web");
      await web.publish("a", { payload: "short", deadlineMs: 1000 });
      await web.publish("a", { payload: "long", deadlineMs: 5000 });
      await bus.advance(990);
      assert.equal(bus.waiting("sink"), 2);
      await bus.advance(50);
      assert.equal(bus.waiting("sink"), 1);
      assert.deepEqual(bus.delivered("sink"), { no_instance: 1 });
      const sink = await bus.attach("sink");
      assert.deepEqual(
        (await sink.received()).map(({ payload }) => payload),
        ["long"],
      );
    });

    it("lets the next of an activity through when the one before it expired", async () => {
      const bus = await start(routes);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      const activity = "one";
      for (const payload of ["first", "short", "long"]) {
        await web.publish("a", { activity, payload, deadlineMs: payload === "short" ? 100 : 5000 });
      }
      const first = await sink.next();
      await bus.advance(200);
      await sink.done(first);
      assert.deepEqual(
        (await sink.received()).map(({ payload }) => payload),
        ["long"],
      );
    });

    it("refuses with QUEUE_FULL once as many wait as may", async () => {
      const bus = await start(routes, { maxQueueMessages: 3 });
      const web = await bus.attach("web");
      for (let count = 0; count < 3; count += 1) assert.equal(await web.publish("a"), "ok");
      assert.equal(await web.publish("a"), "QUEUE_FULL");
      assert.equal(bus.waiting("sink"), 3);
      const sink = await bus.attach("sink");
      await sink.done(await sink.next());
      assert.equal(await web.publish("a"), "ok");
    });

    it("refuses with QUEUE_FULL once as many bytes wait as may", async () => {
      const bus = await start(routes, { maxQueueBytes: 3 * (1000 + overhead) });
      const web = await bus.attach("web");
      const payload = new Uint8Array(1000);
      for (let count = 0; count < 3; count += 1) assert.equal(await web.publish("a", { payload }), "ok");
      assert.equal(await web.publish("a", { payload: "" }), "QUEUE_FULL");
    });

    it("takes what an instance takes at once, however full the queue may be", async () => {
      const bus = await start(routes, { maxQueueMessages: 0 });
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink", { window: 1 })];
      assert.equal(await web.publish("a"), "ok");
      assert.equal(await web.publish("a"), "QUEUE_FULL");
      await sink.done(await sink.next());
      assert.equal(await web.publish("a"), "ok");
    });

    it("accepts a message that only some roles have room for, and counts the deliveries that were refused", async () => {
      const bus = await start(two, { maxQueueMessages: 1 });
      const [web, other] = [await bus.attach("web"), await bus.attach("other", { window: 1 })];
      assert.equal(await web.publish("a", { payload: "1" }), "ok");
      assert.equal(await web.publish("a", { payload: "2" }), "ok");
      assert.deepEqual(bus.delivered("sink"), { queue_full: 1 });
      assert.equal(await web.publish("a", { payload: "3" }), "QUEUE_FULL");
      assert.deepEqual(bus.delivered("other"), { queue_full: 1 });
      assert.equal((await other.next()).payload, "1");
    });
  });
}
