import assert from "node:assert/strict";
import { HandClock } from "@exosphere/testkit";
import { RefusedTokenLog } from "./refused-token-log.ts";

describe("the log of refused tokens", () => {
  it("has one line for each kind in ten seconds, and says how many it left out", () => {
    const clock = new HandClock();
    const lines: object[] = [];
    const push = (facts: object) => void lines.push(facts);
    const log = new RefusedTokenLog({ info: push, warn: push }, clock.nowMs);
    for (let count = 0; count < 5; count += 1) log.add({ refusal: "signature" });
    log.add({ refusal: "unknown_key", alg: "ES256", kid: "a\nb" });
    clock.advance(10_000);
    log.add({ refusal: "signature" });
    const brief = lines.map((line) => Object.fromEntries(Object.entries(line).filter(([, value]) => value)));
    assert.deepEqual(brief, [
      { refusal: "signature" },
      { refusal: "unknown_key", alg: "ES256", kid: "a\\u000ab" },
      { refusal: "signature", unlogged: 4 },
    ]);
    assert.equal(log.totals.get("signature"), 6);
  });
});
