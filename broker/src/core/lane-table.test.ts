import assert from "node:assert/strict";
import type { Delivery, OrderingLane } from "./delivery.ts";
import { Lane } from "./lane.ts";
import { LaneTable } from "./lane-table.ts";
import type { AcceptedMessage } from "./message.ts";

function laneOf(activity: string, activityHash: number): OrderingLane {
  const message = { activity, activityHash } as AcceptedMessage;
  const lane = new Lane<Delivery>(message);
  lane.head = { message } as Delivery;
  return lane;
}

function add(table: LaneTable, activity: string): OrderingLane {
  return table.add(laneOf(activity, 5), { activity, activityHash: 5 });
}

describe("LaneTable", () => {
  it("tells activities with the same hash apart, in whatever order they come and go", () => {
    const table = new LaneTable();
    const first = add(table, "a");
    const second = add(table, "b");
    table.delete(first);
    const third = add(table, "c");
    const found = ["a", "b", "c"].map((activity) => table.get({ activity, activityHash: 5 }));
    assert.deepEqual(found, [undefined, second, third]);
    table.delete(second);
    table.delete(third);
    assert.equal(table.size, 0);
  });

  it("does not take out a lane that has been replaced", () => {
    const table = new LaneTable();
    const old = laneOf("a", 5);
    const lane = add(table, "a");
    table.delete(old);
    assert.equal(table.get({ activity: "a", activityHash: 5 }), lane);
  });
});
