import assert from "node:assert/strict";
import { HandClock } from "@exosphere/testkit";
import { incomingWith } from "./incoming.fixture.ts";
import { OutstandingDeliveries } from "./outstanding.ts";
import { ReceivedMessages } from "./received.ts";
import type { Ending } from "./seat.ts";

/** Deliveries of an app, and how they ended. */
function deliveriesWith(settlesItself: boolean) {
  const clock = new HandClock();
  const settled: [id: string, ending: Ending, detail: string][] = [];
  const received = new ReceivedMessages();
  const seat = {
    received,
    settle: ({ id }: { id: string }, ending: Ending, detail = "") => void settled.push([id, ending, detail]),
  };
  const counted: string[] = [];
  const deliveries = new OutstandingDeliveries({
    seat,
    observer: { handled: (_name, ending, seconds) => counted.push(`${ending} ${seconds}`) },
    settlesItself,
    clock: { now: clock.nowMs, after: clock.after },
  });
  const give = (id: string, dueMs = Number.POSITIVE_INFINITY, key = id) =>
    deliveries.add(incomingWith({ id, dueMs }), key);
  return { clock, deliveries, give, settled, counted };
}

describe("deliveries that are not settled", () => {
  it("are done once their bytes are taken, where the app does not settle", () => {
    const { give, settled, deliveries } = deliveriesWith(false);
    const written = give("m1", 100);
    assert.equal(deliveries.isEmpty, false);
    written(null);
    assert.deepEqual(settled, [["m1", "done", ""]]);
    assert.equal(deliveries.isEmpty, true);
  });

  it("wait for the app where it does, whose keys may repeat: the oldest is meant", () => {
    const { clock, give, settled, deliveries, counted } = deliveriesWith(true);
    give("m1", 1000, "same")(null);
    give("m2", 1000, "same")(null);
    clock.advanceTo(500);
    assert.deepEqual([settled, deliveries.settle("other", "done")], [[], false]);
    assert.deepEqual([deliveries.settle("same", "retry"), deliveries.settle("same", "dead")], [true, true]);
    assert.equal(deliveries.settle("same", "done"), false);
    const why = "The app settled the message as dead: the payload may be wrong.";
    assert.deepEqual(settled, [["m1", "retry", ""], ["m2", "dead", why]]); // biome-ignore format: triples
    assert.deepEqual(counted, ["retry 0.5", "dead 0.5"]);
  });

  it("go elsewhere if the app cannot have seen them, and have failed if it may have", () => {
    const { give, settled, deliveries, counted } = deliveriesWith(true);
    give("seen")(undefined);
    give("broken")(new Error("gone"));
    give("unseen");
    deliveries.giveUp();
    assert.deepEqual(settled, [
      ["broken", "returned", ""],
      ["seen", "failed", "The app left before it settled the message."],
      ["unseen", "returned", ""],
    ]);
    assert.equal(counted.length, 1);
  });

  it("have failed when their deadline passes, each at its own", () => {
    const { clock, give, settled, deliveries } = deliveriesWith(true);
    give("later", 2000)(null);
    give("sooner", 1000)(null);
    give("stuck", 1500);
    give("settled", 500)(null);
    deliveries.settle("settled", "done");
    clock.advanceTo(999);
    assert.equal(settled.length, 1);
    clock.advanceTo(1999);
    assert.deepEqual(settled.slice(1), [
      ["sooner", "failed", "The app did not settle the message within its deadline."],
      ["stuck", "returned", ""],
    ]);
    give("new", 2500)(null);
    clock.advanceTo(10_000);
    assert.deepEqual(settled.slice(3).map(([id]) => id), ["later", "new"]); // biome-ignore format: ids
    assert.equal(deliveries.isEmpty, true);
  });
});
