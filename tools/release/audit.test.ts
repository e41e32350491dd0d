import assert from "node:assert/strict";
import { readAudit } from "./audit.ts";

describe("what npm's audit says", () => {
  it("names each severity that there is", () => {
    const printed = JSON.stringify({ metadata: { vulnerabilities: { low: 0, high: 2, total: 2 } } });
    const result = readAudit(printed);
    assert.equal(result.kind, "done");
    assert.match(result.kind === "done" ? result.problems.join() : "", /^npm audit: 2 of severity high/);
  });

  it("is skipped by name where the registry gives no answer", () => {
    assert.deepEqual(readAudit(JSON.stringify({ message: "405 Method Not Allowed" })), {
      kind: "skipped",
      why: "the registry does not answer (405 Method Not Allowed)",
    });
    assert.equal(readAudit("").kind, "skipped");
  });
});
