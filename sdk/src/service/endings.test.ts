import assert from "node:assert/strict";
import { DeadMessage, endingOf, RetryLater } from "./endings.ts";

describe("What a handler throws on purpose", () => {
  it("settles its message as it says", () => {
    assert.deepEqual(endingOf(new RetryLater("closed", { afterMs: 2.5 })), {
      outcome: "retry",
      detail: "closed",
      retryAfterMs: 3,
    });
    assert.deepEqual(endingOf(new DeadMessage("wrong")), { outcome: "dead", detail: "wrong", retryAfterMs: 0 });
    for (const thrown of [new Error("broken"), "broken", null, undefined]) assert.equal(endingOf(thrown), undefined);
  });

  it("is recognised if another copy of the SDK has made it", async () => {
    const other = (await import(`./endings.ts?copy=${Date.now()}`)) as typeof import("./endings.ts");
    assert.notEqual(other.RetryLater, RetryLater);
    assert.equal(endingOf(new other.RetryLater("closed"))?.outcome, "retry");
    assert.equal(endingOf(new other.DeadMessage("wrong"))?.outcome, "dead");
  });
});
