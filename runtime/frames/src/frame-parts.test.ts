import assert from "node:assert/strict";
import { decodeRequest, decodeResponse } from "./frame-codec.ts";
import { maxFrameMessages, maxFrameNumbers, TooManyParts } from "./frame-parts.ts";

const empty = Buffer.from([58, 0]);
const repeated = (part: Buffer, count: number) => Buffer.concat(Array.from({ length: count }, () => part));

/** A field with a length. */
function field(tag: number, bytes: Buffer): Buffer {
  const length: number[] = [];
  for (let rest = bytes.length; length.length === 0 || rest > 0; rest = Math.floor(rest / 128))
    length.push((rest % 128) + (rest >= 128 ? 128 : 0));
  return Buffer.concat([Buffer.from([tag, ...length]), bytes]);
}

describe("the parts of a frame", () => {
  /** Begins frames in ways that the generated code reads and the hand-written one leaves to it. */
  const prefixes = {
    "by hand": Buffer.alloc(0),
    "by generated code": Buffer.from([18, 0]),
    "behind an unknown number of 64 bits": Buffer.from([0xb8, 0x07, ...new Array(9).fill(0xff), 0x01]),
    "behind an unknown group": Buffer.from([0xbb, 0x07, 0xbc, 0x07]),
    "behind unknown fixed numbers": Buffer.from([0xb9, 0x07, 1, 2, 3, 4, 5, 6, 7, 8, 0xbd, 0x07, 1, 2, 3, 4]),
  };

  for (const [title, prefix] of Object.entries(prefixes)) {
    const request = (rest: Buffer) => decodeRequest(Buffer.concat([prefix, rest]));

    it(`are bounded where a frame is read ${title}`, () => {
      assert.equal(request(repeated(empty, maxFrameMessages - 1)).publishes.length, maxFrameMessages - 1);
      assert.throws(() => request(repeated(empty, maxFrameMessages + 1)), TooManyParts);
      // 3 MB became 724 MB of objects, and 400,000 of them overflowed the stack.
      assert.throws(() => request(repeated(empty, 1_500_000)), TooManyParts);
    });

    it(`are bounded as numbers, packed or not, where a frame is read ${title}`, () => {
      const numbers = Buffer.alloc(maxFrameNumbers - 10, 1);
      assert.equal(request(field(26, numbers)).done.length, numbers.length);
      assert.equal(request(field(42, numbers)).abandoned.length, numbers.length);
      for (const tag of [26, 42])
        assert.throws(() => request(field(tag, Buffer.alloc(maxFrameNumbers + 1, 1))), TooManyParts);
      assert.throws(() => request(repeated(Buffer.from([24, 1]), maxFrameNumbers + 1)), TooManyParts);
    });
  }

  it("are bounded within the parts of what an instance sends as well, as in the settlements of a registration", () => {
    const settled = Buffer.from([98, 0]);
    const request = (count: number) => decodeRequest(field(10, repeated(settled, count)));
    assert.equal(request(maxFrameMessages).registration?.settled.length, maxFrameMessages);
    assert.throws(() => request(maxFrameMessages + 1), TooManyParts);
  });

  it("are bounded in what a broker sends, too", () => {
    for (const tag of [50, 26, 34]) {
      const frame = repeated(Buffer.from([tag, 0]), maxFrameMessages + 1);
      assert.throws(() => decodeResponse(frame), TooManyParts);
    }
    for (const tag of [82, 90])
      assert.throws(() => decodeResponse(field(tag, Buffer.alloc(maxFrameNumbers + 1, 1))), TooManyParts);
  });
});
