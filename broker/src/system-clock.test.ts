import assert from "node:assert/strict";
import { systemClock } from "./system-clock.ts";

describe("the system's clock", () => {
  const wallClock = Date.now;
  afterEach(() => {
    Date.now = wallClock;
  });

  const told = () => systemClock.originMs + systemClock.nowMs();

  it("tells the time of the wall clock", () => {
    assert.ok(Math.abs(told() - Date.now()) < 1000);
  });

  it("follows the wall clock when that is set, or when the machine has slept", () => {
    for (const hours of [8, -8]) {
      Date.now = () => wallClock() + hours * 3_600_000;
      assert.ok(Math.abs(told() - Date.now()) < 1000, `${hours} hours`);
    }
  });

  it("stays as it is for a mere rounding of the wall clock", () => {
    const before = systemClock.originMs;
    for (const ms of [-1, 0, 1]) {
      Date.now = () => wallClock() + ms;
      assert.equal(systemClock.originMs, before);
    }
  });
});
