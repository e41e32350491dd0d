import assert from "node:assert/strict";
import fc from "fast-check";
import { deliveriesPerRetry, RetryBudget, retriesPerSecond, savedRetries } from "./retry-budget.ts";

describe("the retry budget", () => {
  it("does not delay the retries of a role that has few", () => {
    const budget = new RetryBudget();
    for (let retry = 0; retry < savedRetries; retry += 1) assert.equal(budget.grant(0, 100, 1e6), 100);
    assert.equal(budget.delayed, 0);
  });

  it("spaces out those that are too many", () => {
    const budget = new RetryBudget();
    const times = Array.from({ length: savedRetries + 3 }, () => budget.grant(0, 0, 1e6));
    assert.deepEqual(times.slice(savedRetries), [100, 200, 300]);
    assert.equal(budget.delayed, 3);
  });

  it("grows with deliveries and with time", () => {
    const budget = new RetryBudget();
    for (let retry = 0; retry < savedRetries; retry += 1) budget.grant(0, 0, 1e6);
    for (let delivery = 0; delivery < 10; delivery += 1) budget.delivered();
    assert.deepEqual([budget.grant(0, 0, 1e6), budget.grant(0, 0, 1e6), budget.grant(0, 0, 1e6)], [0, 0, 100]);
    assert.equal(budget.grant(1000, 1000, 1e6), 1000);
  });

  it("spends nothing on what would come too late", () => {
    const budget = new RetryBudget();
    for (let retry = 0; retry < savedRetries; retry += 1) budget.grant(0, 0, 1e6);
    assert.equal(budget.grant(0, 0, 100), Number.POSITIVE_INFINITY);
    assert.equal(budget.grant(0, 0, 101), 100);
  });

  it("is never exceeded, whatever comes", () => {
    const step = fc.record({
      passedMs: fc.nat({ max: 200 }),
      deliveries: fc.nat({ max: 3 }),
      retries: fc.nat({ max: 5 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const budget = new RetryBudget();
        let nowMs = 0;
        let deliveries = 0;
        const granted: number[] = [];
        for (const { passedMs, deliveries: more, retries } of steps) {
          nowMs += passedMs;
          deliveries += more;
          for (let delivery = 0; delivery < more; delivery += 1) budget.delivered();
          for (let retry = 0; retry < retries; retry += 1) granted.push(budget.grant(nowMs, nowMs, 1e9));
          const made = granted.filter((atMs) => atMs <= nowMs).length;
          const allowed = savedRetries + deliveries / deliveriesPerRetry + (retriesPerSecond * nowMs) / 1000;
          assert.ok(made <= allowed + 1e-6, `${made} of ${allowed}`);
        }
      }),
    );
  });
});
