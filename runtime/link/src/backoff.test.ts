import assert from "node:assert/strict";
import { Backoff } from "./backoff.ts";

const limits = { brokers: ["one"], minBackoffMs: 50, maxBackoffMs: 2000 };
const highest = () => 1;

describe("Backoff of a link", () => {
  it("doubles its pauses up to the longest", () => {
    const backoff = new Backoff(limits);
    const pauses = Array.from({ length: 8 }, () => backoff.next(highest));
    assert.deepEqual(pauses, [50, 100, 200, 400, 800, 1600, 2000, 2000]);
  });

  it("takes away up to half of each pause at random", () => {
    assert.equal(
      new Backoff(limits).next(() => 0),
      25,
    );
    assert.equal(
      new Backoff(limits).next(() => 0.5),
      37.5,
    );
    const [pause] = [new Backoff(limits).next()];
    assert.ok(pause !== undefined && pause >= 25 && pause <= 50);
  });

  it("goes on to the next broker at once, and pauses when all were tried", () => {
    const backoff = new Backoff({ ...limits, brokers: ["one", "two", "three"] });
    const pauses = Array.from({ length: 7 }, () => backoff.next(highest));
    assert.deepEqual(pauses, [0, 0, 50, 0, 0, 100, 0]);
  });

  it("begins anew after an attempt that went well", () => {
    const backoff = new Backoff(limits);
    for (let count = 0; count < 5; count += 1) backoff.next();
    backoff.reset();
    assert.equal(backoff.next(highest), 50);
  });

  it("stays at the longest pause for ever", () => {
    const backoff = new Backoff(limits);
    for (let count = 0; count < 2000; count += 1) backoff.next();
    assert.equal(backoff.next(highest), 2000);
  });
});
