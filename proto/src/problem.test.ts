import assert from "node:assert/strict";
import fc from "fast-check";
import { ExoError } from "./exo-error.ts";
import { errorOfProblem, problemMediaType, problemOf } from "./problem.ts";

describe("a problem", () => {
  it("has the members of RFC 9457, the reason, and the facts", () => {
    const error = new ExoError("NOT_ALLOWED", "Role 'web' may not send 'x'.", { facts: { name: "x", role: "web" } });
    assert.deepEqual(problemOf(error), {
      type: "urn:exosphere:problem:not_allowed",
      title: "Not allowed",
      status: 403,
      detail: "Role 'web' may not send 'x'.",
      reason: "NOT_ALLOWED",
      name: "x",
      role: "web",
    });
    assert.equal(problemMediaType, "application/problem+json");
  });

  it("does not let a fact pass for one of its members", () => {
    const error = new ExoError("NOT_ALLOWED", "no", { facts: { status: 200, type: "about:blank", reason: "OK" } });
    const { status, type, reason } = problemOf(error);
    assert.deepEqual([status, type, reason], [403, "urn:exosphere:problem:not_allowed", "NOT_ALLOWED"]);
  });

  it("says nothing of the cause", () => {
    const problem = problemOf(ExoError.from(new Error("secret")));
    assert.doesNotMatch(JSON.stringify(problem), /secret/);
  });

  it("says after how long trying again may help, where HTTP has Retry-After", () => {
    const cases = [
      ["QUEUE_FULL", 250, 250],
      ["QUEUE_FULL", undefined, 1000],
      ["RATE_LIMITED", 0, 1000],
      ["DRAINING", 1500.2, 1501],
      ["DRAINING", undefined, undefined],
      ["NOT_ALLOWED", undefined, undefined],
    ] as const;
    for (const [reason, given, told] of cases) {
      const error = new ExoError(reason, "later", given === undefined ? {} : { retryAfterMs: given });
      assert.equal(problemOf(error).retryAfterMs, told, `${reason} ${given}`);
    }
  });

  it("becomes the same error at the other end", () => {
    const error = new ExoError("QUEUE_FULL", "later", { facts: { limit: 3, name: "x" }, retryAfterMs: 250 });
    const again = errorOfProblem(JSON.stringify(problemOf(error)));
    assert.deepEqual([again?.reason, again?.detail, again?.facts], ["QUEUE_FULL", "later", { limit: 3, name: "x" }]);
    assert.equal(again?.retryAfterMs, 250);
  });

  it("is not made of any other text", () => {
    for (const text of ["", "null", "[]", "7", '"NO_INSTANCE"', "{}", '{"reason":7}', "<html>", '{"reason":']) {
      assert.equal(errorOfProblem(text), undefined, text);
    }
    fc.assert(fc.property(fc.string(), (text) => errorOfProblem(text) === undefined));
  });
});
