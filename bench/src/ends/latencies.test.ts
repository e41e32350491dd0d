import assert from "node:assert/strict";
import { corrected, latenciesOf } from "./latencies.ts";

describe("latencies", () => {
  it("are told by their quantiles", () => {
    const latencies = Array.from({ length: 100 }, (_, index) => 100 - index);
    assert.deepEqual(latenciesOf(latencies), { p50Ms: 51, p99Ms: 100, maxMs: 100 });
  });

  it("are not a number without any", () => {
    assert.ok(Number.isNaN(latenciesOf([]).p50Ms));
    assert.deepEqual(corrected([]), []);
  });

  it("stay as they are while nothing stalls", () => {
    assert.deepEqual(corrected([1, 1.5, 1, 1.9]), [1, 1.5, 1, 1.9]);
  });

  it("show a stall to all who would have asked meanwhile", () => {
    const calm = Array.from({ length: 99 }, () => 1);
    const seen = corrected([...calm, 50]);
    assert.equal(seen.length, 99 + 50);
    assert.deepEqual(seen.slice(99, 102), [50, 49, 48]);
    assert.equal(latenciesOf([...calm, 50]).p50Ms, 1);
    assert.ok(latenciesOf(seen).p99Ms > 45, "the stall is in p99");
  });
});
