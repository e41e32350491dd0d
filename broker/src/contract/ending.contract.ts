import assert from "node:assert/strict";
import { receivedByAndBy, type Subject } from "./driver.ts";

const routes = { web: { sends: ["a"] }, sink: { receives: ["a"] }, other: { receives: ["a"] } };
const alone = { web: { sends: ["a"] }, sink: { receives: ["a"] } };

/** How deliveries end. */
export function endingCases({ start }: Subject): void {
  describe("settlement", () => {
    it("ignores the settlement of a number that is not out", async () => {
      const bus = await start(alone);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink", { window: 1 })];
      await web.publish("a");
      const delivery = await sink.next();
      await sink.done({ number: 4711 });
      await sink.settle({ number: 4712 }, "dead");
      await sink.done(delivery);
      await sink.done(delivery);
      await sink.settle(delivery, "retry");
      assert.deepEqual(bus.delivered("sink"), { ok: 1 });
      await web.publish("a");
      await web.publish("a");
      assert.equal((await sink.received()).length, 1);
    });

    for (const [ending, outcome] of [
      ["failed", "handler_failed"],
      ["dead", "dead"],
    ] as const) {
      it(`does not repeat what ended as ${ending}, and goes on with the next of the activity`, async () => {
        const bus = await start(alone);
        const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
        await web.publish("a", { activity: "one", payload: "1" });
        await web.publish("a", { activity: "one", payload: "2" });
        await sink.settle(await sink.next(), ending);
        assert.equal((await sink.next()).payload, "2");
        await bus.advance(10_000);
        assert.deepEqual(await sink.received(), []);
        assert.deepEqual(bus.delivered("sink"), { [outcome]: 1 });
      });
    }

    it("gives what was returned again, as if it had never been out", async () => {
      const bus = await start(alone);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      await web.publish("a", { activity: "one", payload: "1" });
      await web.publish("a", { activity: "one", payload: "2" });
      const first = await sink.next();
      await sink.setWindow(0);
      await sink.settle(first, "returned");
      await bus.advance(1000);
      await sink.setWindow(1);
      const again = await sink.next();
      assert.deepEqual([again.payload, again.attempt, again.activity], ["1", 1, "one"]);
      assert.equal(again.deadlineMs, first.deadlineMs - 1000);
      await sink.done(again);
      assert.equal((await sink.next()).payload, "2");
    });
  });

  describe("a lost instance", () => {
    it("has what it was written not repeated elsewhere", async () => {
      const bus = await start(alone);
      const [web, lost, other] = [await bus.attach("web"), await bus.attach("sink"), await bus.attach("sink")];
      await web.publish("a", { activity: "one", payload: "written" });
      assert.equal((await lost.next()).payload, "written");
      await web.publish("a", { activity: "one", payload: "waiting" });
      await lost.break();
      assert.deepEqual(
        (await other.received()).map(({ payload }) => payload),
        ["waiting"],
      );
      assert.deepEqual(bus.delivered("sink"), { handler_failed: 1 });
    });

    it("has what it was not written given to another, as if it had never been out", async () => {
      const bus = await start(alone);
      const [web, lost] = [await bus.attach("web"), await bus.attach("sink", { window: 1000 })];
      await lost.stall();
      const count = 60;
      const payload = new Uint8Array(200_000);
      for (let index = 0; index < count; index += 1) await web.publish("a", { payload });
      const waiting = bus.waiting("sink");
      await lost.break();
      const other = await bus.attach("sink", { window: 1000 });
      const moved = await receivedByAndBy(bus, "sink", other);
      assert.ok(moved.length > waiting, "more than what had waited comes");
      assert.deepEqual(new Set(moved.map(({ attempt }) => attempt)), new Set([1]));
      const { handler_failed: lostCount = 0, returned = 0 } = bus.delivered("sink");
      assert.equal(moved.length + lostCount, count);
      assert.equal(moved.length - returned, waiting);
    });

    it("may settle nothing on its next connection that was out on the one before", async () => {
      const bus = await start(alone);
      const [web, before] = [await bus.attach("web"), await bus.attach("sink", { id: "same" })];
      await web.publish("a");
      const lost = await before.next();
      await before.break();
      const after = await bus.attach("sink", { id: "same" });
      await after.done(lost);
      assert.deepEqual(bus.delivered("sink"), { handler_failed: 1 });
    });

    it("holds no message of other roles", async () => {
      const bus = await start(routes);
      const [web, lost, other] = [await bus.attach("web"), await bus.attach("sink"), await bus.attach("other")];
      await web.publish("a", { activity: "one", payload: "1" });
      await lost.break();
      await web.publish("a", { activity: "one", payload: "2" });
      await other.done(await other.next());
      assert.equal((await other.next()).payload, "2");
    });
  });
}
