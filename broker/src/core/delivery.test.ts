import assert from "node:assert/strict";
import { envelopes } from "../envelopes.ts";
import { Delivery } from "./delivery.ts";
import { Lane } from "./lane.ts";
import { AcceptedMessage } from "./message.ts";
import { SharedBound } from "./shared-bound.ts";
import { Subscription } from "./subscription.ts";
import { Tally } from "./tally.ts";
import type { MonotonicMs, WallMs } from "./times.ts";

const subscription = new Subscription({
  role: { name: "sink" },
  number: 1,
  name: "note",
  publicName: "note",
  deadlineMs: Number.POSITIVE_INFINITY,
  isOrdered: true,
  delivered: new Tally(),
  latency: { record() {} },
});
const stamp = {
  number: 1,
  activityHash: 1,
  responseTimeNs: 0,
  acceptedAtMs: 0 as MonotonicMs,
  expiresAtMs: Number.POSITIVE_INFINITY as MonotonicMs,
  timestampMs: 0 as WallMs,
};
const fields = {
  activityId: Buffer.from("one"),
  envelope: Buffer.from("{}"),
  isSecurity: false,
  requester: 0,
  replyRequest: 0,
};
const message = new AcceptedMessage(fields, stamp, envelopes);
const holder = { id: "one", notifyUnwanted() {} };

const newDelivery = () => new Delivery(message, subscription, undefined);

/** A delivery that has its place in a lane. */
function placed(state: "waiting" | "uncommitted" = "waiting"): Delivery {
  const delivery = newDelivery();
  const lane = new Lane<Delivery>(message);
  delivery.wait(lane, lane.waiting.push(delivery), { cancel() {} }, state);
  return delivery;
}

describe("Delivery", () => {
  it("goes from hand to hand, and counts how often an instance was given it", () => {
    const delivery = placed();
    assert.equal(delivery.state, "waiting");
    delivery.leaveLane();
    assert.equal(delivery.lane?.waiting.size, 0);
    delivery.bind(holder, 7);
    assert.deepEqual([delivery.state, delivery.holder, delivery.number, delivery.attempt], ["bound", holder, 7, 1]);
    delivery.release();
    assert.deepEqual([delivery.state, delivery.holder], ["held", undefined]);
    delivery.bind(holder, 8);
    delivery.release();
    delivery.forgetAttempt();
    assert.equal(delivery.attempt, 1);
    delivery.end();
    assert.equal(delivery.state, "ended");
  });

  it("is read once for the number of its handler, however much claims to be awaited by that, and whether it has one or not", () => {
    for (const number of [7, undefined]) {
      let looks = 0;
      const handlerNumber = () => {
        looks += 1;
        return number;
      };
      const counting = { ...envelopes, handlerNumber };
      const head = new Delivery(new AcceptedMessage(fields, stamp, counting), subscription, undefined);
      const claiming = new AcceptedMessage({ ...fields, awaiting: [6, 7] }, stamp, envelopes);
      const claims = [1, 2, 3].map(() => new Delivery(claiming, subscription, undefined).isAwaitedBy(head));
      assert.deepEqual([claims, looks], [claims.map(() => number === 7), 1]);
    }
  });

  it("cannot be bound while it is cold", () => {
    const delivery = placed();
    delivery.cool();
    delivery.leaveLane();
    assert.throws(() => delivery.bind(holder, 1), /body has to be loaded/);
    assert.equal(delivery.state, "held");
    const loaded = placed();
    loaded.cool();
    loaded.warm();
    loaded.leaveLane();
    loaded.bind(holder, 1);
    assert.equal(loaded.state, "bound");
  });

  it("may leave its lane to be bound only once it is committed", () => {
    const delivery = placed("uncommitted");
    assert.throws(() => delivery.bind(holder, 1), /uncommitted cannot become bound/);
    delivery.commit();
    delivery.leaveLane();
    delivery.bind(holder, 1);
    assert.equal(delivery.state, "bound");
  });

  it("gives up its place when it could not be committed", () => {
    const delivery = placed("uncommitted");
    delivery.leaveLane();
    assert.deepEqual([delivery.state, delivery.lane?.waiting.size], ["held", 0]);
  });

  it("is with one instance at a time, and ends once", () => {
    const delivery = newDelivery();
    delivery.bind(holder, 1);
    assert.throws(() => delivery.bind(holder, 2), /bound cannot become bound/);
    assert.throws(() => delivery.end(), /bound cannot become ended/);
    delivery.release();
    delivery.end();
    assert.throws(() => delivery.end(), /ended cannot become ended/);
    assert.throws(() => delivery.bind(holder, 2), /ended cannot become bound/);
  });

  it("is counted in one part of the memory until it ends", () => {
    const bound = new SharedBound(1_000_000);
    const [first, second] = [bound.part(), bound.part()];
    const delivery = newDelivery();
    delivery.countIn(first);
    delivery.countIn(second);
    assert.deepEqual([first.used, second.used], [0, delivery.bytes]);
    delivery.end();
    assert.equal(bound.used, 0);
  });
});
