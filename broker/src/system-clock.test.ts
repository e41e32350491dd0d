import assert from "node:assert/strict";
import { systemClock } from "./system-clock.ts";

describe("the system's clock", () => {
  const wallClock = Date.now;
  const steadyClock = performance.now;
  let aheadMs = 0;
  beforeEach(() => {
    performance.now = () => steadyClock.call(performance) + aheadMs;
  });
  afterEach(() => {
    Date.now = wallClock;
    performance.now = steadyClock;
  });

  /** The wall clock says something else from now on, and is looked at again. */
  const setWallClock = (byMs: number) => {
    Date.now = () => wallClock() + byMs;
    aheadMs += 1000;
  };

  const told = () => systemClock.originMs + systemClock.nowMs();

  it("tells the time of the wall clock", () => {
    assert.ok(Math.abs(told() - Date.now()) < 1000);
  });

  it("follows the wall clock when that is set, or when the machine has slept", () => {
    for (const hours of [8, -8]) {
      setWallClock(hours * 3_600_000);
      assert.ok(Math.abs(told() - Date.now()) < 1000, `${hours} hours`);
    }
  });

  it("stays as it is for a mere rounding of the wall clock", () => {
    setWallClock(aheadMs + 1000);
    const before = systemClock.originMs;
    for (const ms of [-1, 0, 1]) {
      // Both clocks have gone on by a second.
      setWallClock(aheadMs + 1000 + ms);
      assert.equal(systemClock.originMs, before);
    }
  });
});
