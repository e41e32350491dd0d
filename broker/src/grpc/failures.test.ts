import assert from "node:assert/strict";
import type { Failure } from "../core/failure.ts";
import { errorOf, refusalOf } from "./failures.ts";

const failure: Failure = {
  reason: "QUEUE_FULL",
  detail: "Too many messages wait.",
  retryAfterMs: 1000,
  facts: { role: "users" },
  cause: new Error("underneath"),
};

describe("a failure of the core", () => {
  it("becomes an error with all that it says", () => {
    const { reason, detail, retryAfterMs, facts, cause } = errorOf(failure);
    assert.deepEqual({ reason, detail, retryAfterMs, facts, cause }, failure);
  });

  it("travels as a refusal with all that it says but its cause", () => {
    const { sequence, reason, detail, retryAfterMs, facts } = refusalOf(7, failure);
    const { cause: _, ...said } = failure;
    assert.deepEqual([sequence, { reason, detail, retryAfterMs, facts }], [7, said]);
  });

  it("says neither when to try again nor what was concerned where the core does not", () => {
    const { retryAfterMs, facts } = refusalOf(7, { reason: "DRAINING", detail: "Shutting down." });
    assert.deepEqual([retryAfterMs, facts], [0, {}]);
  });
});
