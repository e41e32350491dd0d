import assert from "node:assert/strict";
import fc from "fast-check";
import { formatBytes, parseBytes } from "./bytes.ts";

describe("sizes in bytes", () => {
  for (const [text, bytes] of [
    ["0", 0],
    ["1000000", 1_000_000],
    ["1MiB", 1_048_576],
    ["64KiB", 65_536],
    ["64 kib", 65_536],
    ["1.5KiB", 1536],
    ["2MB", 2_000_000],
    ["7B", 7],
  ] as const) {
    it(`reads ${text}`, () => assert.equal(parseBytes(text), bytes));
  }

  for (const text of [
    "",
    "-1",
    "1M",
    "1.5",
    "MiB",
    "1 MiB x",
    "1e3",
    "0x10",
    "constructor",
    "1constructor",
    "9".repeat(20),
  ]) {
    it(`does not read '${text}'`, () => assert.ok(Number.isNaN(parseBytes(text))));
  }

  it("reads back whatever it writes", () => {
    fc.assert(fc.property(fc.maxSafeNat(), (bytes) => parseBytes(formatBytes(bytes)) === bytes));
    fc.assert(fc.property(fc.nat({ max: 4096 }), (count) => parseBytes(formatBytes(count * 1024)) === count * 1024));
  });

  it("gives a whole number or NaN for any text", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const bytes = parseBytes(text);
        return Number.isNaN(bytes) || (Number.isSafeInteger(bytes) && bytes >= 0);
      }),
    );
  });
});
