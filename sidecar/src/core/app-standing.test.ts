import assert from "node:assert/strict";
import { AppStanding, longestPauseMs, type StandingState, tolerableFailures } from "./app-standing.ts";

/** An app whose standing is watched, with a clock that is moved by hand. */
class Bench {
  readonly pauses: number[] = [];
  readonly states: StandingState[] = [];
  random = 0;
  #timer: (() => void) | undefined;
  readonly standing = new AppStanding({
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

  fail(times: number): void {
    for (let time = 0; time < times; time += 1) {
      assert.ok(this.standing.admits());
      this.standing.ended("unwell", false);
    }
  }

  probe(sign: "well" | "unwell" | "neither"): void {
    this.pauseEnds();
    assert.ok(this.standing.admits());
    this.standing.ended(sign, true);
  }
}

describe("the standing of an app", () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });

  it("bears failures that are not in a row", () => {
    for (let round = 0; round < 10; round += 1) {
      bench.fail(tolerableFailures - 1);
      bench.standing.ended("well", false);
    }
    assert.deepEqual(bench.states, []);
  });

  it("is not bettered by what the app did not take", () => {
    bench.fail(tolerableFailures - 1);
    bench.standing.ended("neither", false);
    bench.fail(1);
    assert.deepEqual(bench.states, ["aside"]);
    assert.equal(bench.standing.admits(), false);
  });

  it("lets one delivery find out, and all others in once that is answered", () => {
    bench.fail(tolerableFailures);
    bench.pauseEnds();
    assert.equal(bench.standing.admits(), true);
    assert.equal(bench.standing.admits(), false);
    bench.standing.ended("well", true);
    assert.deepEqual(bench.states, ["aside", "awaited", "probed", "trusted"]);
    assert.equal(bench.standing.admits(), true);
    bench.fail(tolerableFailures - 1);
    assert.equal(bench.standing.state, "trusted");
  });

  it("pauses twice as long each time, up to a bound, and anew after a success", () => {
    bench.fail(tolerableFailures);
    for (let time = 0; time < 6; time += 1) bench.probe(time % 2 === 0 ? "unwell" : "neither");
    assert.deepEqual(bench.pauses, [1000, 2000, 4000, longestPauseMs, longestPauseMs, longestPauseMs, longestPauseMs]);
    bench.probe("well");
    bench.fail(tolerableFailures);
    assert.equal(bench.pauses.at(-1), 1000);
  });

  it("shortens pauses at random, by half at the most", () => {
    bench.random = 1;
    bench.fail(tolerableFailures);
    assert.deepEqual(bench.pauses, [500]);
  });

  it("does not judge by what was out before", () => {
    bench.fail(tolerableFailures);
    bench.standing.ended("unwell", false);
    bench.standing.ended("well", false);
    assert.deepEqual([bench.states, bench.pauses.length], [["aside"], 1]);
    bench.pauseEnds();
    assert.ok(bench.standing.admits());
    bench.standing.ended("well", false);
    assert.equal(bench.standing.state, "probed");
  });

  it("waits for another probe if one did not reach the app", () => {
    bench.fail(tolerableFailures);
    bench.pauseEnds();
    bench.standing.admits();
    bench.standing.probeReturned();
    assert.equal(bench.standing.admits(), true);
  });

  it("does not have an app wait that was restarted", () => {
    bench.fail(tolerableFailures);
    bench.standing.restarted();
    assert.deepEqual([bench.standing.state, bench.isPausing], ["awaited", false]);
  });

  it("sets no timer once it is closed", () => {
    bench.fail(tolerableFailures);
    bench.standing.close();
    assert.equal(bench.isPausing, false);
  });
});
