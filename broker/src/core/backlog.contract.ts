import assert from "node:assert/strict";
import type { Backlog } from "./backlog.ts";
import type { Delivery } from "./delivery.ts";
import type { FakeClock } from "./fake-clock.ts";
import type { Limits } from "./limits.ts";
import { type DeliverySketch, deliveriesOf } from "./testing/deliveries.ts";

/** A backlog under test. */
export interface BacklogSubject {
  readonly backlog: Backlog;
  /** Moved by hand; the backlog goes by it. */
  readonly clock: FakeClock;
  /** Deliveries whose deadline passed while they waited, in the order in which the backlog said so. */
  readonly expired: Delivery[];
}

/** Makes an empty backlog. */
export type StartBacklog = (limits: Pick<Limits, "maxQueueMessages" | "maxQueueBytes">) => BacklogSubject;

const wide = { maxQueueMessages: 1000, maxQueueBytes: 1_000_000 };

/** What every backlog does, whatever keeps it. */
export function describeBacklog(name: string, start: StartBacklog): void {
  /** A backlog, what makes deliveries for it, and what puts them in as the last of their lanes. */
  const started = (limits = wide) => {
    const subject = start(limits);
    const { clock, backlog } = subject;
    const make = deliveriesOf(clock);
    const add = (sketch: DeliverySketch = {}) => {
      const delivery = make(sketch);
      backlog.add(delivery, backlog.laneOf(delivery), "last");
      return delivery;
    };
    return { ...subject, make, add };
  };
  const waitingIn = (backlog: Backlog) => [...backlog.waiting()];

  describe(name, () => {
    it("keeps the deliveries of an activity in the order in which they came", () => {
      const { backlog, add } = started();
      const [first, second] = [add({ activity: "a" }), add({ activity: "a" })];
      const other = add({ activity: "b" });
      assert.deepEqual(
        [...(first.lane?.waiting.nodes() ?? [])].map(({ value }) => value),
        [first, second],
      );
      assert.notEqual(other.lane, first.lane);
      assert.deepEqual([backlog.lanes, backlog.messages], [2, 3]);
      assert.deepEqual(new Set(waitingIn(backlog)), new Set([first, second, other]));
    });

    it("tells activities apart whose hashes are the same", () => {
      const { backlog, make } = started();
      const [one, other] = [make({ activity: "a", hash: 5 }), make({ activity: "b", hash: 5 })];
      backlog.add(one, backlog.laneOf(one), "last");
      assert.notEqual(backlog.laneOf(other), one.lane);
      assert.equal(backlog.laneOf(make({ activity: "a", hash: 5 })), one.lane);
    });

    it("gives a delivery that is in no order a lane of its own", () => {
      const { backlog, add } = started();
      const [one, other] = [add({ activity: "a", isOrdered: false }), add({ activity: "a", isOrdered: false })];
      assert.notEqual(one.lane, other.lane);
      assert.equal(backlog.messages, 2);
    });

    it("takes one that comes back as the first of its lane", () => {
      const { backlog, add } = started();
      const [first, second] = [add({ activity: "a" }), add({ activity: "a" })];
      const lane = first.lane ?? assert.fail();
      backlog.remove(first);
      assert.equal(lane.waiting.first, second);
      backlog.add(first, lane, "first");
      assert.equal(lane.waiting.first, first);
    });

    it("counts what waits, and nothing of what was taken out", () => {
      const { backlog, add } = started();
      const [first, second] = [add({ bytes: 100 }), add({ bytes: 50 })];
      assert.equal(backlog.bytes, first.bytes + second.bytes);
      backlog.remove(first);
      backlog.remove(second);
      assert.deepEqual([backlog.messages, backlog.bytes, waitingIn(backlog).length], [0, 0, 0]);
    });

    it("has room for so many deliveries, and for so many bytes", () => {
      const few = started({ ...wide, maxQueueMessages: 1 });
      assert.equal(few.backlog.hasRoom(few.make()), true);
      few.add();
      assert.equal(few.backlog.hasRoom(few.make()), false);
      const small = started({ ...wide, maxQueueBytes: 4000 });
      assert.equal(small.backlog.hasRoom(small.make({ bytes: 5000 })), false);
      const delivery = small.add({ bytes: 1000 });
      assert.equal(small.backlog.hasRoom(small.make({ bytes: 1000 })), false);
      small.backlog.remove(delivery);
      assert.equal(small.backlog.hasRoom(small.make({ bytes: 1000 })), true);
    });

    it("knows how long the oldest has waited", () => {
      const { backlog, add, clock } = started();
      assert.equal(backlog.oldestWaitMs, 0);
      const oldest = add({ activity: "a" });
      clock.advance(700);
      add({ activity: "a" });
      add({ activity: "b" });
      clock.advance(300);
      assert.equal(backlog.oldestWaitMs, 1000);
      backlog.remove(oldest);
      assert.equal(backlog.oldestWaitMs, 300);
    });

    it("tells of each whose deadline passes while it waits, and of no other", () => {
      const { backlog, add, clock, expired } = started();
      const [soon, later, taken] = [add({ deadlineMs: 100 }), add({ deadlineMs: 5000 }), add({ deadlineMs: 100 })];
      const forever = add({ deadlineMs: Number.POSITIVE_INFINITY });
      backlog.remove(taken);
      clock.advance(200);
      assert.deepEqual(expired, [soon]);
      backlog.remove(soon);
      clock.advance(10_000_000);
      assert.deepEqual(expired, [soon, later]);
      backlog.remove(later);
      assert.deepEqual(waitingIn(backlog), [forever]);
    });

    it("forgets a lane once nothing is in it, and not before", () => {
      const { backlog, add } = started();
      const delivery = add({ activity: "a" });
      const lane = delivery.lane ?? assert.fail();
      backlog.release(lane);
      assert.equal(backlog.lanes, 1);
      backlog.remove(delivery);
      lane.head = delivery;
      backlog.release(lane);
      assert.equal(backlog.lanes, 1, "its head is with an instance");
      lane.head = undefined;
      backlog.release(lane);
      assert.equal(backlog.lanes, 0);
    });
  });
}
