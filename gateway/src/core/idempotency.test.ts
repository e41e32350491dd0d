import assert from "node:assert/strict";
import { IdempotentCalls } from "./idempotency.ts";

describe("IdempotentCalls", () => {
  it("keep no more bytes than they may, though many calls that were under way are answered at once", () => {
    const calls = new IdempotentCalls<string>({ ttlMs: 1000, maxAnswers: 100, maxBytes: 10_000 });
    for (let call = 0; call < 20; call += 1) calls.start(`${call}`, "ada", "", 0);
    for (let call = 0; call < 20; call += 1) {
      calls.answered(`${call}`, "answer", 2_000);
      assert.ok(calls.bytes <= 10_000, `${calls.bytes} bytes`);
    }
    assert.deepEqual(calls.start("19", "ada", "", 0), { kind: "answered", answer: "answer" });
    assert.deepEqual(calls.start("0", "ada", "", 0), { kind: "none" });
  });

  it("forget answers of the owner with most of them, not those of others", () => {
    const calls = new IdempotentCalls<string>({ ttlMs: 1000, maxAnswers: 50, maxBytes: 1_000_000 });
    calls.start("of ada", "ada", "", 0);
    calls.answered("of ada", "answer", 10);
    for (let call = 0; call < 500; call += 1) {
      calls.start(`flood ${call}`, "flooding", "", 0);
      calls.answered(`flood ${call}`, "answer", 10);
    }
    assert.ok(calls.size <= 50, `${calls.size} answers`);
    assert.deepEqual(calls.start("of ada", "ada", "", 0), { kind: "answered", answer: "answer" });
  });

  it("never forget a call that is under way, whose repetition would have a second effect", () => {
    const calls = new IdempotentCalls<string>({ ttlMs: 1000, maxAnswers: 5, maxBytes: 1_000_000 });
    calls.start("under way", "ada", "", 0);
    for (let call = 0; call < 20; call += 1) {
      calls.start(`${call}`, "ada", "", 0);
      calls.answered(`${call}`, "answer", 10);
    }
    assert.deepEqual(calls.start("under way", "ada", "", 0), { kind: "running" });
  });
});
