import assert from "node:assert/strict";
import { IdempotentCalls } from "./idempotency.ts";

describe("IdempotentCalls", () => {
  it("keep no more bytes than they may, though many calls that were under way are answered at once", () => {
    const calls = new IdempotentCalls<string>({ ttlMs: 1000, maxAnswers: 100, maxBytes: 10_000 });
    for (let call = 0; call < 20; call += 1) calls.start(`${call}`, "", 0);
    for (let call = 0; call < 20; call += 1) {
      calls.answered(`${call}`, "answer", 2_000);
      assert.ok(calls.bytes <= 10_000, `${calls.bytes} bytes`);
    }
    assert.deepEqual(calls.start("19", "", 0), { kind: "answered", answer: "answer" });
    assert.deepEqual(calls.start("0", "", 0), { kind: "none" });
  });
});
