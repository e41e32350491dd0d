import assert from "node:assert/strict";
import type { Acceptance } from "./copy.ts";
import { Lane } from "./lane.ts";
import { LaneTable } from "./lane-table.ts";

function laneOf(activity: string, activityHash: number): Lane {
  return new Lane({ activity, activityHash } as Acceptance);
}

describe("LaneTable", () => {
  it("tells activities with the same hash apart, in whatever order they come and go", () => {
    const table = new LaneTable();
    const first = table.add(laneOf("a", 5));
    const second = table.add(laneOf("b", 5));
    table.delete(first);
    const third = table.add(laneOf("c", 5));
    const found = ["a", "b", "c"].map((activity) => table.get({ activity, activityHash: 5 }));
    assert.deepEqual(found, [undefined, second, third]);
    table.delete(second);
    table.delete(third);
    assert.equal(table.size, 0);
  });

  it("does not take out a lane that has been replaced", () => {
    const table = new LaneTable();
    const old = laneOf("a", 5);
    const lane = table.add(laneOf("a", 5));
    table.delete(old);
    assert.equal(table.get({ activity: "a", activityHash: 5 }), lane);
  });
});
