import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { handlerNumber, requesterNumber } from "./mesh-numbers.ts";

/** The first 53 bits of SHA-256 over bytes, as the contract puts it. */
function expected(...parts: (string | Uint8Array)[]): number {
  const digest = createHash("sha256");
  for (const part of parts) digest.update(part);
  return Number(BigInt(`0x${digest.digest("hex").slice(0, 16)}`) >> 11n);
}

describe("the numbers of a mesh", () => {
  it("are the same for every implementation", () => {
    assert.equal(handlerNumber("users", "activity 1", "message 1"), 4_054_845_890_109_649);
    assert.equal(requesterNumber("web", new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8])), 1_529_078_711_031_549);
  });

  it("are the first 53 bits of SHA-256, and whole numbers that every language has", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.uint8Array(), (role, activity, id, key) => {
        const handler = handlerNumber(role, activity, id);
        assert.equal(handler, expected(`${role}\0${activity}\0${id}`));
        assert.equal(requesterNumber(role, key), expected(`${role}\0`, key));
        assert.ok(Number.isSafeInteger(handler));
      }),
    );
  });
});
