import assert from "node:assert/strict";
import fc from "fast-check";
import { sealed } from "./contract/sealed.ts";
import { envelopes } from "./envelopes.ts";

describe("the id in an envelope", () => {
  it("is that of the message", () => {
    assert.equal(envelopes.idOf(sealed({ id: "order é" })), "order é");
  });

  it("is unknown where the bytes are not an envelope, and never throws", () => {
    assert.equal(envelopes.idOf(Buffer.from([255])), undefined);
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const id = envelopes.idOf(bytes);
        assert.ok(id === undefined || typeof id === "string");
      }),
    );
  });
});
