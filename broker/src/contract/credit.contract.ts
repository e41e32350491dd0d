import assert from "node:assert/strict";
import { receivedByAndBy, type Subject } from "./driver.ts";

const routes = { web: { sends: ["a"] }, sink: { receives: ["a"] }, other: { receives: ["a"] } };
const alone = { web: { sends: ["a"] }, sink: { receives: ["a"] } };

/** Who gets how much. */
export function creditCases({ start }: Subject): void {
  describe("credit", () => {
    it("gives an instance no more than its window, and the next once one is settled", async () => {
      const bus = await start(alone);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink", { window: 2 })];
      for (const payload of ["1", "2", "3", "4"]) assert.equal(await web.publish("a", { payload }), "ok");
      const taken = await sink.received();
      assert.deepEqual(
        taken.map(({ payload }) => payload),
        ["1", "2"],
      );
      assert.equal(bus.waiting("sink"), 2);
      await sink.done(taken[1] ?? assert.fail());
      assert.deepEqual(
        (await sink.received()).map(({ payload }) => payload),
        ["3"],
      );
    });

    it("gives nothing to an instance with a window of 0", async () => {
      const bus = await start(alone);
      const [web, closed] = [await bus.attach("web"), await bus.attach("sink", { window: 0 })];
      await web.publish("a", { payload: "1" });
      assert.deepEqual(await closed.received(), []);
      const open = await bus.attach("sink", { window: 1 });
      assert.equal((await open.next()).payload, "1");
    });

    it("gives what waited when a window opens", async () => {
      const bus = await start(alone);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink", { window: 0 })];
      for (const payload of ["1", "2", "3"]) await web.publish("a", { payload });
      await sink.setWindow(2);
      assert.deepEqual(
        (await sink.received()).map(({ payload }) => payload),
        ["1", "2"],
      );
    });

    it("gives the work of an instance whose app keeps failing to another one that takes work", async () => {
      const bus = await start(alone);
      const [web, failing, well] = [await bus.attach("web"), await bus.attach("sink"), await bus.attach("sink")];
      await failing.setFailing(true);
      for (const payload of ["1", "2", "3"]) await web.publish("a", { payload });
      assert.equal((await well.received()).length, 3);
      assert.deepEqual(await failing.received(), []);
    });

    it("goes on giving work to the last instance that takes any, although its app keeps failing", async () => {
      const bus = await start(alone);
      const [web, failing, closed] = [await bus.attach("web"), await bus.attach("sink"), await bus.attach("sink")];
      await failing.setFailing(true);
      await closed.setWindow(0);
      for (const payload of ["1", "2"]) await web.publish("a", { payload });
      assert.equal((await failing.received()).length, 2);
    });

    it("gives an instance whose app keeps failing what waits once the others have gone", async () => {
      const bus = await start(alone);
      const [web, failing] = [await bus.attach("web"), await bus.attach("sink")];
      const well = await bus.attach("sink", { window: 1 });
      await failing.setFailing(true);
      for (const payload of ["1", "2"]) await web.publish("a", { payload });
      assert.equal((await well.received()).length, 1);
      assert.deepEqual(await failing.received(), []);
      await well.break();
      assert.equal((await failing.next()).payload, "2");
    });

    it("gives an instance whose app keeps failing as many deliveries as it asks for to find out", async () => {
      const bus = await start(alone);
      const [web, failing, well] = [await bus.attach("web"), await bus.attach("sink"), await bus.attach("sink")];
      await failing.setFailing(true, 1);
      for (const payload of ["1", "2", "3", "4"]) await web.publish("a", { payload });
      assert.equal((await failing.received()).length, 1);
      assert.equal((await well.received()).length, 3);
      await failing.setFailing(false);
      await web.publish("a", { payload: "5" });
      assert.equal((await failing.next()).payload, "5");
    });

    it("gives the activities of an instance whose app keeps failing to another one", async () => {
      const bus = await start(alone);
      const [web, failing] = [await bus.attach("web"), await bus.attach("sink")];
      await web.publish("a", { payload: "1", activity: "x" });
      await failing.done(await failing.next());
      const well = await bus.attach("sink");
      await failing.setFailing(true);
      await web.publish("a", { payload: "2", activity: "x" });
      assert.equal((await well.next()).payload, "2");
    });

    it("leaves out what is out when a window shrinks", async () => {
      const bus = await start(alone);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink", { window: 2 })];
      for (const payload of ["1", "2", "3"]) await web.publish("a", { payload });
      const [first, second] = await sink.received();
      await sink.setWindow(1);
      await sink.done(first ?? assert.fail());
      assert.deepEqual(await sink.received(), []);
      await sink.done(second ?? assert.fail());
      assert.equal((await sink.next()).payload, "3");
    });

    it("prefers the instance with the fewest in flight", async () => {
      const bus = await start(alone);
      const web = await bus.attach("web");
      const [first, second, third] = [await bus.attach("sink"), await bus.attach("sink"), await bus.attach("sink")];
      for (let count = 0; count < 6; count += 1) await web.publish("a");
      const [one, two] = [await first.received(), await second.received()];
      assert.deepEqual([one.length, two.length, (await third.received()).length], [2, 2, 2]);
      for (const delivery of two) await second.done(delivery);
      await web.publish("a");
      await web.publish("a");
      assert.deepEqual((await second.received()).length, 2);
    });

    it("lets a stuck role delay no other", async () => {
      const bus = await start(routes);
      const web = await bus.attach("web");
      const [stuck, other] = [await bus.attach("sink", { window: 1 }), await bus.attach("other", { window: 100 })];
      for (let count = 0; count < 20; count += 1) await web.publish("a");
      assert.equal((await stuck.received()).length, 1);
      assert.equal((await other.received()).length, 20);
    });

    it("lets an instance that does not read delay no other", async () => {
      const bus = await start(alone);
      const [web, asleep] = [await bus.attach("web"), await bus.attach("sink", { window: 1000 })];
      await asleep.stall();
      // More than all buffers on the way hold together.
      const payload = new Uint8Array(256 * 1024);
      for (let count = 0; count < 60; count += 1) await web.publish("a", { payload });
      assert.ok(bus.waiting("sink") > 0, "the stalled instance is full");
      const awake = await bus.attach("sink", { window: 1000 });
      assert.ok((await receivedByAndBy(bus, "sink", awake)).length > 0);
      assert.equal(bus.waiting("sink"), 0);
    });
  });
}
