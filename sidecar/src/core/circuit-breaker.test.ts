import assert from "node:assert/strict";
import { type BreakerState, CircuitBreaker, longestPauseMs, tolerableFailures } from "./circuit-breaker.ts";

/** A breaker that is watched, with a clock that is moved by hand. */
class Bench {
  readonly pauses: number[] = [];
  readonly states: BreakerState[] = [];
  random = 0;
  #timer: (() => void) | undefined;
  readonly breaker = new CircuitBreaker({
    clock: {
      after: (delayMs, run) => {
        this.pauses.push(delayMs);
        this.#timer = run;
        return () => {
          this.#timer = undefined;
        };
      },
    },
    random: () => this.random,
    onChange: (state) => this.states.push(state),
  });

  get isPausing(): boolean {
    return this.#timer !== undefined;
  }

  pauseEnds(): void {
    const run = this.#timer;
    this.#timer = undefined;
    run?.();
  }

  deliver(sign: "well" | "unwell" | "neither", times = 1): void {
    for (let time = 0; time < times; time += 1) this.breaker.ended(sign, this.breaker.round);
  }
}

describe("the circuit breaker of an app", () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });

  it("bears failures that are not in a row", () => {
    for (let round = 0; round < 10; round += 1) {
      bench.deliver("unwell", tolerableFailures - 1);
      bench.deliver("well");
    }
    assert.deepEqual(bench.states, []);
  });

  it("is not affected by deliveries that the app did not take", () => {
    bench.deliver("unwell", tolerableFailures - 1);
    bench.deliver("neither");
    bench.deliver("unwell");
    assert.deepEqual(bench.states, ["open"]);
  });

  it("lets a delivery find out after a pause, and closes once that is answered", () => {
    bench.deliver("unwell", tolerableFailures);
    bench.pauseEnds();
    bench.deliver("well");
    assert.deepEqual(bench.states, ["open", "half-open", "closed"]);
    bench.deliver("unwell", tolerableFailures - 1);
    assert.equal(bench.breaker.state, "closed");
  });

  it("closes as soon as a delivery succeeds that came because no other instance takes work", () => {
    bench.deliver("unwell", tolerableFailures);
    bench.deliver("unwell", 20);
    assert.deepEqual([bench.states, bench.pauses.length], [["open"], 1]);
    bench.deliver("well");
    assert.deepEqual([bench.breaker.state, bench.isPausing], ["closed", false]);
  });

  it("pauses twice as long each time, up to a bound, and anew after a success", () => {
    bench.deliver("unwell", tolerableFailures);
    for (let time = 0; time < 6; time += 1) {
      bench.pauseEnds();
      bench.deliver(time % 2 === 0 ? "unwell" : "neither");
    }
    assert.deepEqual(bench.pauses, [1000, 2000, 4000, longestPauseMs, longestPauseMs, longestPauseMs, longestPauseMs]);
    bench.pauseEnds();
    bench.deliver("well");
    bench.deliver("unwell", tolerableFailures);
    assert.equal(bench.pauses.at(-1), 1000);
  });

  it("shortens pauses at random, by half at most", () => {
    bench.random = 1;
    bench.deliver("unwell", tolerableFailures);
    assert.deepEqual(bench.pauses, [500]);
  });

  it("does not judge by deliveries that were under way when it opened", () => {
    const { round } = bench.breaker;
    bench.deliver("unwell", tolerableFailures);
    bench.breaker.ended("well", round);
    bench.pauseEnds();
    bench.breaker.ended("unwell", round);
    assert.deepEqual(bench.states, ["open", "half-open"]);
  });

  it("asks for another delivery if one did not reach the app", () => {
    bench.deliver("unwell", tolerableFailures);
    bench.pauseEnds();
    bench.breaker.returned();
    assert.deepEqual(bench.states, ["open", "half-open", "half-open"]);
  });

  it("does not have an app wait that was restarted", () => {
    bench.deliver("unwell", tolerableFailures);
    bench.breaker.restarted();
    assert.deepEqual([bench.breaker.state, bench.isPausing], ["half-open", false]);
  });

  it("sets no timer once it is closed for good", () => {
    bench.deliver("unwell", tolerableFailures);
    bench.breaker.close();
    assert.equal(bench.isPausing, false);
  });

  it("sets no timer for deliveries that are broken off after it was closed", () => {
    bench.breaker.close();
    bench.deliver("unwell", tolerableFailures);
    assert.deepEqual([bench.isPausing, bench.states], [false, []]);
  });
});
