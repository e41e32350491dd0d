import assert from "node:assert/strict";
import { integerMember } from "./members.ts";
import { Refusal } from "./refusal.ts";

const integerOf = (json: string | undefined) =>
  integerMember(new Map(json === undefined ? [] : [["n", Buffer.from(json)]]), "n", 1, 9);

describe("a member that is a whole number", () => {
  it("is read within its bounds, however it is written", () => {
    assert.deepEqual(["1", "9", "3.0", "2e0"].map(integerOf), [1, 9, 3, 2]);
  });

  it("counts as absent if it is null", () => {
    assert.deepEqual(["null", undefined].map(integerOf), [undefined, undefined]);
  });

  it("is refused beyond its bounds, and in any other form", () => {
    for (const json of ["0", "10", "1.5", "-1", '"1"', "true", "[1]", "1e400"])
      assert.throws(
        () => integerOf(json),
        (error) =>
          error instanceof Refusal && /^The 'n' of a message must be a whole number from 1 to 9/.test(error.message),
        json,
      );
  });
});
