import assert from "node:assert/strict";
import { EventLoopLag } from "./event-loop.ts";

describe("the lag of the event loop", () => {
  /** Runs the timer at these moments, in milliseconds. Returns how many values are at most so many seconds, by bound. */
  function lagOf(moments: readonly number[]) {
    let nowMs = 0;
    let run = () => {};
    let isStopped = false;
    const lag = new EventLoopLag({
      now: () => nowMs,
      every(_, given) {
        run = given;
        return () => {
          isStopped = true;
        };
      },
    });
    for (const moment of moments) {
      nowMs = moment;
      run();
    }
    lag.close();
    assert.ok(isStopped);
    const { bounds, counts, sum } = lag.histogram.snapshot();
    return { counts: new Map(bounds.map((bound, index) => [bound, counts[index]])), sum };
  }

  it("is nothing while timers run when they should", () => {
    const { counts, sum } = lagOf([100, 200, 300]);
    assert.equal(counts.get(0.001), 3);
    assert.equal(sum, 0);
  });

  it("is what a timer was late by, once", () => {
    const { counts, sum } = lagOf([100, 700, 800]);
    assert.equal(counts.get(0.001), 2);
    assert.equal(counts.get(0.5), 1);
    assert.equal(sum, 0.5);
  });

  it("is never less than nothing", () => {
    assert.equal(lagOf([40]).sum, 0);
  });
});
