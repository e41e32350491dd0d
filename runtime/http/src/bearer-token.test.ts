import assert from "node:assert/strict";
import fc from "fast-check";
import { bearerToken } from "./bearer-token.ts";
import { constantTimeEquals } from "./constant-time-equals.ts";

describe("the bearer token", () => {
  for (const [authorization, token] of [
    ["Bearer abc", "abc"],
    ["bearer  a-b.c_d~e+f/g== ", "a-b.c_d~e+f/g=="],
    ["Basic abc", undefined],
    ["Bearer", undefined],
    ["Bearer a b", undefined],
    [undefined, undefined],
  ] as const) {
    it(`in '${authorization}' is ${token}`, () => {
      assert.equal(bearerToken({ headers: authorization === undefined ? {} : { authorization } }), token);
    });
  }
});

describe("comparing tokens", () => {
  it("agrees with ===, whatever their lengths", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 3 });
    fc.assert(fc.property(text, text, (left, right) => constantTimeEquals(left, right) === (left === right)));
    fc.assert(fc.property(text, (both) => constantTimeEquals(both, both)));
  });
});
