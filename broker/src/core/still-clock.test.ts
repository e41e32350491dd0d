import assert from "node:assert/strict";
import { FakeClock } from "./fake-clock.ts";
import { StillClock } from "./still-clock.ts";

describe("StillClock", () => {
  it("stands still until it goes on, and is then where it would have been", () => {
    const clock = new FakeClock();
    const still = new StillClock(clock);
    clock.advance(1);
    assert.equal(still.nowMs(), 1);
    still.during(() => {
      clock.advance(2);
      assert.equal(still.nowMs(), 1);
    });
    assert.equal(still.nowMs(), 3);
  });

  it("takes the wall clock of the moment at which it was stopped", () => {
    const clock = { nowMs: () => 0, originMs: 5, after: () => () => {} };
    const still = new StillClock(clock);
    still.during(() => {
      clock.originMs = 6;
      assert.equal(still.originMs, 5);
    });
    assert.equal(still.originMs, 6);
  });

  it("runs its timers although it stands still", () => {
    const clock = new FakeClock();
    const still = new StillClock(clock);
    let ran = 0;
    still.during(() => {
      still.after(5, () => {
        ran = clock.nowMs();
      });
      clock.advance(5);
      assert.equal(ran, 5);
    });
  });
});
