import assert from "node:assert/strict";
import { tokenGuard } from "./token-guard.ts";

describe("the token guard", () => {
  it("accepts the tokens of the moment alone", () => {
    let tokens = ["old"];
    const guard = tokenGuard(() => tokens, "a token");
    const reasons = () =>
      ["new", "old"].map((token) => guard({ headers: { authorization: `Bearer ${token}` } })?.reason);
    assert.deepEqual(reasons(), ["UNAUTHENTICATED", undefined]);
    tokens = ["new", "old"];
    assert.deepEqual(reasons(), [undefined, undefined]);
    tokens = ["new"];
    assert.deepEqual(reasons(), [undefined, "UNAUTHENTICATED"]);
  });

  it("lets pass who knows the token", () => {
    const guard = tokenGuard(() => ["s3cret"], "the token of the test");
    assert.equal(guard({ headers: { authorization: "Bearer s3cret" } }), undefined);
    for (const authorization of ["Bearer s3cre", "Bearer s3cret2", "Basic s3cret", "s3cret", "Bearer", ""]) {
      const error = guard({ headers: { authorization } });
      assert.equal(error?.reason, "UNAUTHENTICATED", authorization);
      assert.match(error?.detail ?? "", /^This needs the token of the test: send it as/);
    }
    assert.equal(guard({ headers: {} })?.reason, "UNAUTHENTICATED");
  });

  it("lets everybody pass where there is no token", () => {
    assert.equal(tokenGuard(undefined, "")({ headers: {} }), undefined);
  });
});
