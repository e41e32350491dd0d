import assert from "node:assert/strict";
import fc from "fast-check";
import { BrokenFraming, FrameSplitter, frameKinds, prefixBytes } from "./frame-splitter.ts";

type Frame = readonly [kind: number, hex: string];

function bytesOf(frames: readonly { readonly kind: number; readonly body: Uint8Array }[]): Buffer {
  return Buffer.concat(
    frames.flatMap(({ kind, body }) => {
      const prefix = Buffer.alloc(prefixBytes);
      prefix[0] = kind;
      prefix.writeUInt32BE(body.length, 1);
      return [prefix, Buffer.from(body)];
    }),
  );
}

/** What comes out of a splitter that gets these pieces. */
function split(pieces: readonly Buffer[], maxBytes = 1000): Frame[] {
  const seen: Frame[] = [];
  const splitter = new FrameSplitter(maxBytes, (kind, bytes) => seen.push([kind, bytes.toString("hex")]));
  for (const piece of pieces) splitter.push(piece);
  return seen;
}

const frame = fc.record({
  kind: fc.constantFrom(...Object.values(frameKinds)),
  body: fc.uint8Array({ maxLength: 40 }),
});

describe("FrameSplitter", () => {
  it("gives the same frames wherever what is read is cut", () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 8 }), fc.array(fc.nat(400), { maxLength: 20 }), (frames, cuts) => {
        const bytes = bytesOf(frames);
        const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
        const pieces = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
        const sent = frames.map(({ kind, body }): Frame => [kind, Buffer.from(body).toString("hex")]);
        assert.deepEqual(split(pieces), sent);
      }),
    );
  });

  it("takes a frame of the greatest length, and byte by byte", () => {
    const bytes = bytesOf([{ kind: 0, body: Buffer.alloc(1000, 7) }]);
    const whole = [[0, "07".repeat(1000)]];
    assert.deepEqual(split([bytes]), whole);
    assert.deepEqual(split([...bytes].map((byte) => Buffer.from([byte]))), whole);
  });

  it("refuses a longer one before it has come", () => {
    const bytes = bytesOf([{ kind: 0, body: Buffer.alloc(1001) }]).subarray(0, prefixBytes);
    assert.throws(
      () => split([bytes]),
      new BrokenFraming("A frame of 1001 bytes came; the longest that is taken has 1000."),
    );
  });

  it("refuses a kind that there is not", () => {
    assert.throws(() => split([bytesOf([{ kind: 1, body: Buffer.alloc(3) }])]), BrokenFraming);
  });
});
