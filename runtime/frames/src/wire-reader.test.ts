import assert from "node:assert/strict";
import fc from "fast-check";
import { WireReader } from "./wire-reader.ts";

const methods = ["uint32", "uint53", "bool", "double", "endOfLength", "bytes"] as const;

describe("WireReader", () => {
  it("never goes back, whatever is read of whatever bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.array(fc.constantFrom(...methods)), (bytes, calls) => {
        const reader = new WireReader(Buffer.from(bytes));
        for (const call of calls) {
          const before = reader.at;
          reader[call]();
          assert.ok(reader.at >= before, `${call} went from ${before} to ${reader.at}`);
          if (!reader.isPlain) assert.ok(reader.at >= reader.end, "what is given up is read no further");
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("gives up at a length that leads past the end", () => {
    const reader = new WireReader(Buffer.from([1, 0x41, 200, 1]));
    reader.bytes();
    reader.bytes();
    assert.deepEqual([reader.isPlain, reader.at >= reader.end], [false, true]);
  });

  it("gives up at a number with more bytes than its bits have", () => {
    for (const length of [9, 11, 200]) {
      const reader = new WireReader(Buffer.concat([Buffer.alloc(length - 1, 0x80), Buffer.alloc(1)]));
      reader.uint53();
      assert.equal(reader.isPlain, false);
    }
  });
});
