import assert from "node:assert/strict";
import type { Subject } from "./driver.ts";

const routes = {
  web: { sends: ["a", "b"] },
  sink: { receives: ["a", { name: "b", deadlineMs: 2_000 }] },
};
const dayMs = 86_400_000;

/** What the bus writes on a message: times and deadlines. */
export function stampCases({ start }: Subject): void {
  describe("times and deadlines", () => {
    it("stamps when it accepted a message, by its own clock", async () => {
      const bus = await start(routes);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      await bus.advance(1234);
      await web.publish("a");
      assert.equal((await sink.next()).timestampMs, Date.UTC(2026, 0, 1) + 1234);
    });

    it("says how long ago the previous message of the activity was, 0 for the first", async () => {
      const bus = await start(routes);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      await web.publish("a", { activity: "one" });
      await bus.advance(1.5);
      await web.publish("a", { activity: "other" });
      await web.publish("b", { activity: "one" });
      await bus.advance(40_000);
      await web.publish("a", { activity: "one" });
      const first = await sink.next();
      const other = await sink.next();
      assert.deepEqual([first.responseTimeNs, other.responseTimeNs], [0, 0]);
      await sink.done(first);
      // `b` was of use for two seconds only.
      assert.equal((await sink.next()).responseTimeNs, 40_000_000_000);
    });

    it("tells one that came at the same moment from the first, by a nanosecond", async () => {
      const bus = await start(routes);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      await web.publish("a", { activity: "one" });
      await web.publish("a", { activity: "one" });
      await sink.done(await sink.next());
      assert.equal((await sink.next()).responseTimeNs, 1);
    });

    it("gives a message 30 s if its sender does not say, and counts down while it waits", async () => {
      const bus = await start(routes);
      const web = await bus.attach("web");
      await web.publish("a");
      await bus.advance(10_000);
      const sink = await bus.attach("sink");
      assert.equal((await sink.next()).deadlineMs, 20_000);
    });

    it("gives it less if the receiver's role says so", async () => {
      const bus = await start(routes);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      await web.publish("b", { deadlineMs: 5_000 });
      assert.equal((await sink.next()).deadlineMs, 2_000);
      await web.publish("b", { deadlineMs: 1_000 });
      assert.equal((await sink.next()).deadlineMs, 1_000);
    });

    it("caps a deadline at a day", async () => {
      const bus = await start(routes);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      await web.publish("a", { deadlineMs: 0xffff_ffff });
      assert.equal((await sink.next()).deadlineMs, dayMs);
    });
  });
}
