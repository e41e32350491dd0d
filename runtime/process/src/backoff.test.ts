import assert from "node:assert/strict";
import { Backoff } from "./backoff.ts";

describe("Backoff", () => {
  it("doubles from 100 ms to 10 s", () => {
    const backoff = new Backoff(() => 0);
    const delays = Array.from({ length: 9 }, () => backoff.next(0));
    assert.deepEqual(delays, [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
    assert.equal(backoff.restarts, 9);
  });

  it("takes up to half of a delay away at random", () => {
    assert.equal(new Backoff(() => 1).next(0), 50);
    assert.equal(new Backoff(() => 0.5).next(0), 75);
  });

  it("starts anew after a life of 30 s", () => {
    const backoff = new Backoff(() => 0);
    backoff.next(0);
    assert.equal(backoff.next(29_999), 200);
    assert.equal(backoff.next(30_000), 100);
    assert.equal(backoff.restarts, 1);
  });
});
