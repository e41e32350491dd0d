import assert from "node:assert/strict";
import fc from "fast-check";
import { BodyPieces } from "./body-pieces.ts";

describe("BodyPieces", () => {
  it("hold a body that comes byte by byte in few objects", () => {
    const pieces = new BodyPieces();
    const body = Buffer.from("0123456789".repeat(10_000));
    for (let index = 0; index < body.length; index += 1) pieces.add(body.subarray(index, index + 1));
    assert.ok(pieces.count < 80, `${pieces.count} objects`);
    assert.ok(pieces.joined().equals(body));
  });

  it("take little more memory than the body where pieces of one byte and large ones alternate", () => {
    const pieces = new BodyPieces();
    const [small, large] = [Buffer.allocUnsafeSlow(1), () => Buffer.allocUnsafeSlow(1024)];
    for (let count = 0; count < 500; count += 1) {
      pieces.add(small);
      pieces.add(large());
    }
    const bytes = 500 * 1025;
    assert.ok(pieces.heldBytes < bytes * 1.1, `${pieces.heldBytes} bytes for ${bytes}`);
  });

  it("join what they were given, in order", () => {
    const sizes = fc.array(fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1000, max: 20_000 })), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(sizes, (lengths) => {
        const parts = lengths.map((length, index) => Buffer.alloc(length, index));
        const pieces = new BodyPieces();
        for (const part of parts) pieces.add(part);
        assert.ok(pieces.joined().equals(Buffer.concat(parts)));
      }),
      { numRuns: 30 },
    );
  });

  it("are empty when they were cleared, and before the first one", () => {
    const pieces = new BodyPieces();
    assert.equal(pieces.joined().length, 0);
    for (let count = 0; count < 100; count += 1) pieces.add(Buffer.from("a"));
    pieces.clear();
    assert.deepEqual([pieces.count, pieces.joined().length], [0, 0]);
  });
});
