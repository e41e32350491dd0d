import assert from "node:assert/strict";
import { WallClock } from "./wall-clock.ts";

describe("the wall clock of spans", () => {
  let wallMs = 1_700_000_000_000;
  let steadyMs = 5_000.25;
  const clock = new WallClock({ wall: () => wallMs, steady: () => steadyMs });

  it("has fractions of a millisecond", () => {
    assert.deepEqual(clock.now(), [1_700_000_000, 0]);
    steadyMs += 0.5;
    assert.deepEqual(clock.now(), [1_700_000_000, 500_000]);
    steadyMs += 1000;
    wallMs += 1001;
    assert.deepEqual(clock.now(), [1_700_000_001, 500_000]);
  });

  it("follows when the machine's clock is set", () => {
    wallMs -= 60_000;
    assert.deepEqual(clock.now(), [1_699_999_941, 1_000_000]);
  });

  it("is the real one by default", () => {
    const before = Date.now();
    const [seconds, nanoseconds] = new WallClock().now();
    const nowMs = seconds * 1000 + nanoseconds / 1e6;
    assert.ok(nowMs >= before - 3 && nowMs <= Date.now() + 3);
  });
});
