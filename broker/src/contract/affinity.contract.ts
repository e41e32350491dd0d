import assert from "node:assert/strict";
import fc from "fast-check";
import type { Participant, Received, Subject } from "./driver.ts";

const routes = {
  web: { sends: ["a", "b"], receives: ["c"] },
  sink: { sends: ["c"], receives: ["a"] },
  other: { receives: ["a", "b"] },
};

/** Which instance takes part in which activity. */
export function affinityCases({ start, runs }: Subject): void {
  describe("affinity", () => {
    it("leads all messages of an activity to the instance that got the first, even if another has less to do", async () => {
      const bus = await start(routes);
      const web = await bus.attach("web");
      const [first, second] = [await bus.attach("sink"), await bus.attach("sink")];
      await web.publish("a", { activity: "one" });
      await first.done(await first.next());
      for (const activity of ["two", "three", "four", "five"]) await web.publish("a", { activity });
      for (const delivery of await second.received()) await second.done(delivery);
      await web.publish("a", { activity: "one", payload: "again" });
      assert.equal((await first.received()).at(-1)?.payload, "again");
      assert.deepEqual(await second.received(), []);
    });

    it("has instances that are equally busy take turns, where one message follows another", async () => {
      const bus = await start(routes);
      const web = await bus.attach("web");
      const sinks = [await bus.attach("sink"), await bus.attach("sink"), await bus.attach("sink")];
      const took = [];
      for (let count = 0; count < 9; count += 1) {
        await web.publish("a", { activity: `${count}` });
        for (const [index, sink] of sinks.entries()) {
          for (const delivery of await sink.received()) {
            took.push(index);
            await sink.done(delivery);
          }
        }
      }
      assert.deepEqual(took, [0, 1, 2, 0, 1, 2, 0, 1, 2]);
    });

    it("leads the messages of an activity to the instance that sent one of it", async () => {
      const bus = await start(routes);
      const [web, first, second] = [await bus.attach("web"), await bus.attach("sink"), await bus.attach("sink")];
      await second.publish("c", { activity: "one" });
      assert.equal((await web.next()).activity, "one");
      await web.publish("a", { activity: "one" });
      assert.deepEqual(await first.received(), []);
      assert.equal((await second.next()).activity, "one");
    });

    it("keeps apart which instance of which role it is", async () => {
      const bus = await start(routes);
      const web = await bus.attach("web");
      const sinks = [await bus.attach("sink"), await bus.attach("sink")];
      const others = [await bus.attach("other"), await bus.attach("other")];
      await web.publish("a", { activity: "one" });
      for (const participant of [...sinks, ...others]) {
        for (const delivery of await participant.received()) await participant.done(delivery);
      }
      for (let count = 0; count < 3; count += 1) await web.publish("a", { activity: `filler ${count}` });
      await web.publish("a", { activity: "one", payload: "again" });
      const [bySinks, byOthers] = [await namesOf(sinks), await namesOf(others)];
      assert.deepEqual([bySinks.total, byOthers.total], [4, 4]);
      assert.deepEqual([bySinks.again, byOthers.again], [0, 0]);
    });

    it("lets a message wait for its instance, although another has room", async () => {
      const bus = await start(routes);
      const web = await bus.attach("web");
      const [first, second] = [await bus.attach("sink", { window: 1 }), await bus.attach("sink", { window: 1 })];
      await web.publish("a", { activity: "one", payload: "1" });
      const delivery = await first.next();
      await first.done(delivery);
      await web.publish("a", { activity: "filler" });
      await second.done(await second.next());
      await web.publish("a", { activity: "two", payload: "2" });
      const busy = await first.next();
      await web.publish("a", { activity: "one", payload: "3" });
      assert.deepEqual(await second.received(), []);
      await web.publish("a", { activity: "three", payload: "4" });
      assert.equal((await second.next()).payload, "4");
      await first.done(busy);
      assert.equal((await first.next()).payload, "3");
    });

    it("lets another instance take over when the first has had no room for 5 s", async () => {
      const bus = await start(routes);
      const web = await bus.attach("web");
      const [first, second] = [await bus.attach("sink", { window: 1 }), await bus.attach("sink", { window: 1 })];
      await web.publish("a", { activity: "one" });
      await first.done(await first.next());
      await web.publish("a", { activity: "filler" });
      await second.done(await second.next());
      await web.publish("a", { activity: "two" });
      const stuck = await first.next();
      for (const payload of ["1", "2"]) await web.publish("a", { activity: "one", payload });
      await bus.advance(4_900);
      assert.deepEqual(await second.received(), []);
      await bus.advance(200);
      const taken = await second.next();
      assert.deepEqual([taken.payload, taken.attempt], ["1", 1]);
      await first.done(stuck);
      assert.deepEqual(await first.received(), [], "the activity went with its first message");
      await second.done(taken);
      assert.equal((await second.next()).payload, "2");
    });

    it("leaves an activity with an instance without room while a message of it is out there", async () => {
      const bus = await start(routes);
      const web = await bus.attach("web");
      const [first, second] = [await bus.attach("sink", { window: 1 }), await bus.attach("sink", { window: 1 })];
      for (const payload of ["1", "2"]) await web.publish("a", { activity: "one", payload });
      const slow = await first.next();
      await bus.advance(20_000);
      assert.deepEqual(await second.received(), []);
      await first.done(slow);
      assert.equal((await first.next()).payload, "2");
    });

    it("lets whoever has room first take what has waited for 5 s", async () => {
      const bus = await start(routes);
      const web = await bus.attach("web");
      const [first, second] = [await bus.attach("sink", { window: 1 }), await bus.attach("sink", { window: 1 })];
      await web.publish("a", { activity: "one" });
      await first.done(await first.next());
      for (const activity of ["two", "three"]) await web.publish("a", { activity });
      const busy = [await first.next(), await second.next()] as const;
      await web.publish("a", { activity: "one", payload: "again" });
      await bus.advance(6_000);
      await second.done(busy[1]);
      assert.equal((await second.next()).payload, "again");
    });

    it("lets another instance take over when the first takes no work", async () => {
      const bus = await start(routes);
      const web = await bus.attach("web");
      const [first, second] = [await bus.attach("sink", { window: 1 }), await bus.attach("sink", { window: 1 })];
      await web.publish("a", { activity: "one" });
      await first.done(await first.next());
      await web.publish("a", { activity: "filler" });
      await second.done(await second.next());
      await web.publish("a", { activity: "two" });
      await web.publish("a", { activity: "one", payload: "again" });
      await first.setWindow(0);
      assert.equal((await second.next()).payload, "again");
    });

    it("lets another instance take over when the first has gone", async () => {
      const bus = await start(routes);
      const web = await bus.attach("web");
      const [first, second] = [await bus.attach("sink", { window: 1 }), await bus.attach("sink")];
      await web.publish("a", { activity: "one" });
      await first.next();
      await web.publish("a", { activity: "one", payload: "next" });
      await first.break();
      const next = await second.next();
      assert.equal(next.payload, "next");
      await second.done(next);
      const third = await bus.attach("sink");
      for (const activity of ["two", "three"]) await web.publish("a", { activity });
      await web.publish("a", { activity: "one", payload: "later" });
      assert.equal((await second.received()).at(-1)?.payload, "later");
      assert.equal((await third.received()).length, 1);
    });

    it("forgets an activity that was idle for 60 s", async () => {
      const bus = await start(routes);
      const web = await bus.attach("web");
      const [first, second] = [await bus.attach("sink"), await bus.attach("sink")];
      await web.publish("a", { activity: "one" });
      await first.done(await first.next());
      await bus.advance(60_000);
      await web.publish("a", { activity: "filler" });
      await second.done(await second.next());
      await web.publish("a", { activity: "one", payload: "in time" });
      const inTime = await first.next();
      assert.equal(inTime.payload, "in time");
      await first.done(inTime);
      await bus.advance(60_001);
      await web.publish("a", { activity: "one", payload: "too late" });
      assert.equal((await second.next()).payload, "too late");
    });

    it("remembers an activity from a reply as well, which may come long after the request", async () => {
      const bus = await start({
        web: { sends: ["ask"], receives: ["answer", "news"] },
        sink: { sends: ["answer", "news"], receives: ["ask"] },
      });
      const [other, web] = [await bus.attach("web"), await bus.attach("web")];
      const sink = await bus.attach("sink");
      await web.publish("ask", { activity: "one", request: 7, deadlineMs: 100_000 });
      const ask = await sink.next();
      await bus.advance(60_001);
      await sink.publish("answer", { replyTo: ask });
      await web.done(await web.next());
      await sink.publish("news", { activity: "one" });
      assert.deepEqual([(await other.received()).length, (await web.received()).length], [0, 1]);
    });

    it("never lets two instances of a role share an activity, whatever happens at once", async () => {
      const step = fc.record({
        activity: fc.integer({ min: 0, max: 5 }).map(String),
        settles: fc.nat({ max: 3 }),
        by: fc.nat({ max: 2 }),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
          const bus = await start(routes);
          const web = await bus.attach("web");
          const sinks = await Promise.all([1, 2, 3].map((window) => bus.attach("sink", { window })));
          const owners = new Map<string, number>();
          const held: Received[][] = [[], [], []];
          for (const { activity, settles, by } of steps) {
            await web.publish("a", { activity });
            const [sink, holds] = [sinks[by] ?? assert.fail(), held[by] ?? assert.fail()];
            for (const delivery of await sink.received()) {
              assert.equal(owners.get(delivery.activity) ?? by, by);
              owners.set(delivery.activity, by);
              holds.push(delivery);
            }
            for (const delivery of holds.splice(0, settles)) await sink.done(delivery);
          }
          await bus.stop();
        }),
        { numRuns: runs },
      );
    });
  });
}

async function namesOf(participants: readonly Participant[]): Promise<{ total: number; again: number }> {
  const got = await Promise.all(participants.map((each) => each.received()));
  // The first of each role is the one that the activity began with.
  return { total: got.flat().length, again: got.findIndex((each) => each.some(({ payload }) => payload === "again")) };
}
