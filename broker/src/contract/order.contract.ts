import assert from "node:assert/strict";
import type { Participant, Received, Subject } from "./driver.ts";

const routes = { web: { sends: ["a", "b"] }, sink: { receives: ["a", { name: "b", order: "none" as const }] } };

/** What comes after what. */
export function orderCases({ start }: Subject): void {
  describe("order", () => {
    it("delivers 1,000 messages of one activity one at a time and in order, between others, to two instances", async () => {
      const bus = await start(routes);
      const web = await bus.attach("web");
      const sinks = [await bus.attach("sink", { window: 5 }), await bus.attach("sink", { window: 5 })];
      const publishes: Promise<string>[] = [];
      for (let index = 0; index < 1000; index += 1) {
        publishes.push(web.publish("a", { activity: "one", payload: String(index) }));
        if (index % 3 === 0) publishes.push(web.publish("a", { activity: `other ${index % 10}`, payload: "other" }));
      }
      assert.deepEqual(new Set(await Promise.all(publishes)), new Set(["ok"]));
      const got = await drain(sinks, (held) => {
        assert.ok(held.filter(({ activity }) => activity === "one").length <= 1);
      });
      const ofOne = got.filter(({ activity }) => activity === "one").map(({ payload }) => Number(payload));
      assert.deepEqual(
        ofOne,
        Array.from({ length: 1000 }, (_, index) => index),
      );
      assert.equal(got.length, publishes.length);
    });

    it("delivers messages of different activities side by side", async () => {
      const bus = await start(routes);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      for (const activity of ["one", "two", "one", "three"]) await web.publish("a", { activity });
      assert.deepEqual(
        (await sink.received()).map(({ activity }) => activity),
        ["one", "two", "three"],
      );
    });

    it("delivers messages side by side where a role opts out of the order", async () => {
      const bus = await start(routes);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      for (const payload of ["1", "2", "3"]) await web.publish("b", { activity: "one", payload });
      assert.deepEqual(
        (await sink.received()).map(({ payload }) => payload),
        ["1", "2", "3"],
      );
    });

    it("lets what opted out pass what is in order, and keeps the order of that", async () => {
      const bus = await start(routes);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      for (const [name, payload] of [
        ["a", "1"],
        ["a", "2"],
        ["b", "3"],
      ] as const) {
        await web.publish(name, { activity: "one", payload });
      }
      const [first, third] = await sink.received();
      assert.deepEqual([first?.payload, third?.payload], ["1", "3"]);
      await sink.done(first ?? assert.fail());
      assert.equal((await sink.next()).payload, "2");
    });
  });

  describe("retry", () => {
    it("holds the lane of its activity and no other", async () => {
      const bus = await start(routes);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      await web.publish("a", { activity: "one", payload: "1" });
      await web.publish("a", { activity: "one", payload: "2" });
      await sink.settle(await sink.next(), "retry", 1000);
      await web.publish("a", { activity: "two", payload: "3" });
      assert.deepEqual(
        (await sink.received()).map(({ payload }) => payload),
        ["3"],
      );
      await bus.advance(999);
      assert.deepEqual(await sink.received(), []);
      await bus.advance(34);
      const again = await sink.next();
      assert.deepEqual([again.payload, again.attempt], ["1", 2]);
      assert.deepEqual(await sink.received(), []);
      await sink.done(again);
      const next = await sink.next();
      assert.deepEqual([next.payload, next.attempt], ["2", 1]);
    });

    it("pauses longer with each attempt where the instance does not say, up to 5 s", async () => {
      const bus = await start(routes);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      await web.publish("a", { deadlineMs: 60_000 });
      for (const pauseMs of [100, 200, 400, 800, 1600, 3200, 5000, 5000]) {
        await sink.settle(await sink.next(), "retry");
        await bus.advance(pauseMs - 1);
        assert.deepEqual(await sink.received(), []);
        await bus.advance(33);
      }
      assert.equal((await sink.next()).attempt, 9);
    });

    it("may be taken by another instance", async () => {
      const bus = await start(routes);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      await web.publish("a");
      await sink.settle(await sink.next(), "retry");
      const other = await bus.attach("sink");
      await sink.leave();
      await bus.advance(200);
      assert.equal((await other.next()).attempt, 2);
    });

    it("goes to another instance that has room, and takes its activity along", async () => {
      const bus = await start(routes);
      const web = await bus.attach("web");
      const sinks = [await bus.attach("sink"), await bus.attach("sink"), await bus.attach("sink")] as const;
      for (const payload of ["1", "2"]) await web.publish("a", { activity: "one", payload });
      for (const [attempt, sink] of sinks.slice(0, 2).entries()) {
        const declined = await sink.next();
        assert.deepEqual([declined.payload, declined.attempt], ["1", attempt + 1]);
        await sink.settle(declined, "retry");
        await bus.advance(300);
      }
      const [, , healthy] = sinks;
      const taken = await healthy.next();
      assert.deepEqual([taken.payload, taken.attempt], ["1", 3]);
      await healthy.done(taken);
      const next = await healthy.next();
      assert.deepEqual([next.payload, next.attempt], ["2", 1]);
    });

    it("goes to the same instance again if no other has room", async () => {
      const bus = await start(routes);
      const web = await bus.attach("web");
      const [first, second] = [await bus.attach("sink"), await bus.attach("sink", { window: 1 })];
      await web.publish("a", { activity: "one", payload: "1" });
      await web.publish("a", { activity: "two", payload: "busy" });
      await first.settle(await first.next(), "retry");
      assert.equal((await second.next()).payload, "busy");
      await bus.advance(200);
      const again = await first.next();
      assert.deepEqual([again.payload, again.attempt], ["1", 2]);
    });

    it("has new work kept from its instance for a second if another has room", async () => {
      const bus = await start(routes);
      const web = await bus.attach("web");
      const [first, second] = [await bus.attach("sink"), await bus.attach("sink")];
      await web.publish("a", { activity: "one" });
      await first.settle(await first.next(), "retry", 20_000);
      for (const activity of ["two", "three"]) await web.publish("a", { activity });
      assert.equal((await second.received()).length, 2);
      await bus.advance(1_000);
      await web.publish("a", { activity: "four" });
      assert.equal((await first.next()).activity, "four");
    });

    it("is not tried again past the deadline, and then holds nothing", async () => {
      const bus = await start(routes);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      await web.publish("a", { activity: "one", payload: "1", deadlineMs: 500 });
      await web.publish("a", { activity: "one", payload: "2", deadlineMs: 20_000 });
      await sink.settle(await sink.next(), "retry", 10_000);
      await bus.advance(600);
      assert.deepEqual(bus.delivered("sink"), { retry: 1, deadline_exceeded: 1 });
      assert.deepEqual(
        (await sink.received()).map(({ payload }) => payload),
        ["2"],
      );
    });

    it("gives the instance room for something else at once", async () => {
      const bus = await start(routes);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink", { window: 1 })];
      await web.publish("a", { payload: "1" });
      await web.publish("a", { payload: "2" });
      await sink.settle(await sink.next(), "retry", 1000);
      assert.equal((await sink.next()).payload, "2");
    });
  });
}

/** Settles everything that comes, one delivery at a time and now this instance, now that one, until nothing does. */
async function drain(sinks: readonly Participant[], look: (held: readonly Received[]) => void): Promise<Received[]> {
  const got: Received[] = [];
  const held: { sink: Participant; delivery: Received }[] = [];
  for (;;) {
    for (const sink of sinks) {
      for (const delivery of await sink.received()) {
        got.push(delivery);
        held.push({ sink, delivery });
      }
    }
    look(held.map(({ delivery }) => delivery));
    const next = held.splice(got.length % Math.max(1, held.length), 1)[0];
    if (!next) return got;
    await next.sink.done(next.delivery);
  }
}
