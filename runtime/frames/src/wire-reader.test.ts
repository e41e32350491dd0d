import assert from "node:assert/strict";
import { BinaryReader, type WireType } from "@bufbuild/protobuf/wire";
import fc from "fast-check";
import { WireReader } from "./wire-reader.ts";

/** Reads the same kind of value with both readers. */
const kinds = {
  uint32: [(reader: WireReader) => reader.uint32(), (reader: BinaryReader) => reader.uint32()],
  uint53: [(reader: WireReader) => reader.uint53(), (reader: BinaryReader) => exact(reader.uint64())],
  fixed64: [(reader: WireReader) => reader.fixed64(), (reader: BinaryReader) => exact(reader.fixed64())],
  bool: [(reader: WireReader) => reader.bool(), (reader: BinaryReader) => reader.bool()],
  double: [(reader: WireReader) => reader.double(), (reader: BinaryReader) => reader.double()],
  string: [(reader: WireReader) => reader.string(), (reader: BinaryReader) => reader.string()],
  bytes: [(reader: WireReader) => [...reader.bytes()], (reader: BinaryReader) => [...reader.bytes()]],
} as const;

/** As ts-proto's code converts 64-bit numbers. */
function exact(value: { toString(): string }): number {
  const number = Number(value.toString());
  if (number > Number.MAX_SAFE_INTEGER) throw new RangeError("too large");
  return number;
}

/** What came of reading: the value and where the reader is then, or that it was refused. */
function outcomeOf(read: () => unknown, at: () => number): string {
  try {
    return `${JSON.stringify(read())} at ${at()}`;
  } catch {
    return "refused";
  }
}

/** Bytes among which long varints are frequent. */
const anyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 20 }),
  fc
    .array(fc.oneof(fc.constantFrom(0x80, 0xff, 0x01, 0x0f, 0x1f, 0), fc.nat(255)), { maxLength: 14 })
    .map((bytes) => Uint8Array.from(bytes)),
);

describe("WireReader", () => {
  for (const [kind, [ours, theirs]] of Object.entries(kinds))
    it(`reads any bytes as a ${kind} as ts-proto's code does`, () => {
      fc.assert(
        fc.property(anyBytes, (bytes) => {
          const reader = new WireReader(Buffer.from(bytes), 1);
          const reference = new BinaryReader(bytes);
          assert.equal(
            outcomeOf(
              () => ours(reader),
              () => reader.at,
            ),
            outcomeOf(
              () => theirs(reference),
              () => reference.pos,
            ),
          );
        }),
        { numRuns: 2000 },
      );
    });

  it("skips a field of any wire type as ts-proto's code does, groups within groups included", () => {
    fc.assert(
      fc.property(fc.constantFrom(0, 1, 2, 3, 5, 6, 7), anyBytes, (wireType, bytes) => {
        const reader = new WireReader(Buffer.from(bytes), 1);
        const reference = new BinaryReader(bytes);
        assert.equal(
          outcomeOf(
            () => reader.skip(8 * 1000 + wireType),
            () => reader.at,
          ),
          outcomeOf(
            () => reference.skip(wireType as WireType).length >= 0,
            () => reference.pos,
          ),
        );
      }),
      { numRuns: 2000 },
    );
  });
});
