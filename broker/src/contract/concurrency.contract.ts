import assert from "node:assert/strict";
import type { Participant, Received, Subject } from "./driver.ts";

const routes = {
  web: { sends: ["slow", "fast"] },
  sink: { sends: ["done"], receives: [{ name: "slow", concurrency: 2 }, "fast"] },
};

const payloads = (received: readonly Received[]) => received.map(({ payload }) => payload);

async function publishAll(web: Participant, name: string, all: readonly string[]): Promise<void> {
  for (const payload of all) assert.equal(await web.publish(name, { payload }), "ok");
}

/** `concurrency` of a message: so many deliveries of it with one instance at once. */
export function concurrencyCases({ start }: Subject): void {
  describe("the concurrency of a message", () => {
    it("bounds its deliveries with one instance, and a settlement makes room for the next, in order", async () => {
      const bus = await start(routes);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      await publishAll(web, "slow", ["1", "2", "3", "4", "5"]);
      const [first, second, ...none] = await sink.received();
      assert.deepEqual([first?.payload, second?.payload, none], ["1", "2", []]);
      await sink.done(second as Received);
      const [third] = await sink.received();
      assert.equal(third?.payload, "3");
      await sink.settle(first as Received, "failed");
      await sink.settle(third as Received, "dead");
      assert.deepEqual(payloads(await sink.received()), ["4", "5"]);
      assert.equal(bus.waiting("sink"), 0);
    });

    it("holds up no other message", async () => {
      const bus = await start(routes);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      await publishAll(web, "slow", ["1", "2", "3"]);
      await publishAll(web, "fast", ["a", "b"]);
      assert.deepEqual(payloads(await sink.received()), ["1", "2", "a", "b"]);
    });

    it("holds up what comes after it in its own activity", async () => {
      const bus = await start(routes);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      await publishAll(web, "slow", ["1", "2"]);
      await web.publish("slow", { activity: "one", payload: "3" });
      await web.publish("fast", { activity: "one", payload: "4" });
      const [first] = await sink.received();
      await sink.done(first as Received);
      const third = await sink.next();
      await sink.done(third);
      assert.deepEqual([third.payload, (await sink.next()).payload], ["3", "4"]);
    });

    it("lets the next of an activity go when what held it up expires", async () => {
      const bus = await start(routes);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      await publishAll(web, "slow", ["1", "2"]);
      await web.publish("slow", { activity: "one", payload: "3", deadlineMs: 1000 });
      await web.publish("fast", { activity: "one", payload: "4" });
      await sink.received();
      await bus.advance(1100);
      assert.deepEqual(payloads(await sink.received()), ["4"]);
      assert.deepEqual(bus.delivered("sink"), { no_instance: 1 });
    });

    it("holds for every instance on its own", async () => {
      const bus = await start(routes);
      const [web, one, other] = [await bus.attach("web"), await bus.attach("sink"), await bus.attach("sink")];
      await publishAll(web, "slow", ["1", "2", "3", "4", "5"]);
      const [withOne, withOther] = [await one.received(), await other.received()];
      assert.deepEqual([withOne.length, withOther.length, bus.waiting("sink")], [2, 2, 1]);
      await other.done(withOther[0] as Received);
      assert.equal((await other.next()).payload, "5");
    });

    it("gives what waits to an instance that comes", async () => {
      const bus = await start(routes);
      const [web, one] = [await bus.attach("web"), await bus.attach("sink")];
      await publishAll(web, "slow", ["1", "2", "3", "4", "5"]);
      await one.received();
      const other = await bus.attach("sink");
      assert.deepEqual(payloads(await other.received()), ["3", "4"]);
      await one.break();
      assert.equal(bus.waiting("sink"), 1);
      const third = await bus.attach("sink");
      assert.deepEqual(payloads(await third.received()), ["5"]);
    });

    it("counts a delivery that is taken back no longer", async () => {
      const bus = await start(routes);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      await publishAll(web, "slow", ["1", "2", "3"]);
      const [first, second] = await sink.received();
      await sink.settle(first as Received, "retry", 1000);
      assert.equal((await sink.next()).payload, "3");
      await sink.done(second as Received);
      await bus.advance(1100);
      assert.deepEqual(payloads(await sink.received()), ["1"]);
    });

    it("changes with the routes", async () => {
      const bus = await start(routes);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      await publishAll(web, "slow", ["1", "2", "3", "4"]);
      const out = [...(await sink.received())];
      await bus.replaceRoutes({ ...routes, sink: { receives: [{ name: "slow", concurrency: 3 }, "fast"] } });
      out.push(...(await sink.received()));
      assert.deepEqual(payloads(out), ["1", "2", "3"]);
      await bus.replaceRoutes({ ...routes, sink: { receives: [{ name: "slow", concurrency: 1 }, "fast"] } });
      await sink.done(out[0] as Received);
      await sink.done(out[1] as Received);
      assert.deepEqual(await sink.received(), []);
      await sink.done(out[2] as Received);
      assert.equal((await sink.next()).payload, "4");
      await publishAll(web, "slow", ["5"]);
      await bus.replaceRoutes({ ...routes, sink: { receives: ["slow", "fast"] } });
      assert.equal((await sink.next()).payload, "5");
    });
  });
}
