import assert from "node:assert/strict";
import { logMalformed } from "./log-malformed.ts";

describe("logMalformed", () => {
  it("logs one line a second with how many messages there were, and none of their ids", () => {
    let nowMs = 0;
    const lines: object[] = [];
    const told = logMalformed({ warn: (facts) => void lines.push(facts) }, () => nowMs);
    const message = { name: "news", number: 1, request: 0, activityId: "\u001b[2J" };
    for (let each = 0; each < 5; each += 1) told(message, "Its id is wrong.");
    nowMs = 999;
    told(message, "Its id is wrong.");
    nowMs = 1000;
    told(message, "Its id is wrong.");
    assert.deepEqual(lines, [
      { messageName: "news", messages: 1 },
      { messageName: "news", messages: 6 },
    ]);
  });
});
