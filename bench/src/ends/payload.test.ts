import assert from "node:assert/strict";
import { payloadOf, textOf } from "./payload.ts";

describe("a payload", () => {
  for (const bytes of [200, 201, 4096]) {
    it(`of ${bytes} bytes has just those`, () => {
      assert.equal(Buffer.byteLength(JSON.stringify(payloadOf(bytes))), bytes);
    });
  }

  it("cannot be smaller than its form", () => {
    assert.throws(() => payloadOf(10), /at least \d+ bytes, not 10/);
  });

  it("is written once for those who do not deal with JSON", () => {
    const value = payloadOf(200);
    assert.equal(textOf(value), textOf(value));
    assert.deepEqual(JSON.parse(textOf(payloadOf(300)).toString()), payloadOf(300));
  });
});
