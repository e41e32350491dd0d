import assert from "node:assert/strict";
import fc from "fast-check";
import { FrameProgress } from "./frame-progress.ts";

interface Frame {
  readonly opcode: number;
  readonly isLast: boolean;
  readonly length: number;
  readonly isMasked: boolean;
}

function bytesOf({ opcode, isLast, length, isMasked }: Frame): Buffer {
  const mask = isMasked ? 128 : 0;
  const header = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  header[0] = (isLast ? 128 : 0) | opcode;
  header[1] = mask | (length < 126 ? length : length < 65_536 ? 126 : 127);
  if (header.length === 4) header.writeUInt16BE(length, 2);
  if (header.length === 10) header.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([header, Buffer.alloc(isMasked ? 4 : 0, 7), Buffer.alloc(length, 0xff)]);
}

const text = { opcode: 1, isLast: true, length: 5, isMasked: true };
const ping = { opcode: 9, isLast: true, length: 3, isMasked: true };
const fragment = { opcode: 1, isLast: false, length: 5, isMasked: true };

describe("FrameProgress", () => {
  const after = (...frames: Frame[]) => {
    const progress = new FrameProgress();
    for (const frame of frames) progress.feed(bytesOf(frame));
    return [progress.isUnfinished, progress.completed];
  };

  it("counts the frames that end no message", () => {
    const progress = new FrameProgress();
    for (const frame of [text, ping, fragment, { ...fragment, opcode: 0 }, ping, { ...text, opcode: 0 }])
      progress.feed(bytesOf(frame));
    assert.deepEqual([progress.extra, progress.completed], [4, 2]);
  });

  it("knows whether a message has ended, also with control frames between its fragments", () => {
    assert.deepEqual(after(), [false, 0]);
    assert.deepEqual(after(text, ping, text), [false, 2]);
    assert.deepEqual(after(fragment), [true, 0]);
    assert.deepEqual(after(fragment, ping, { ...fragment, opcode: 0 }, ping), [true, 0]);
    assert.deepEqual(after(fragment, ping, { ...text, opcode: 0 }), [false, 1]);
  });

  it("is unfinished within a frame, at every byte of it", () => {
    const bytes = bytesOf(text);
    for (let length = 1; length < bytes.length; length += 1) {
      const progress = new FrameProgress();
      progress.feed(bytes.subarray(0, length));
      assert.ok(progress.isUnfinished, `${length} bytes`);
      progress.feed(bytes.subarray(length));
      assert.deepEqual([progress.isUnfinished, progress.completed], [false, 1]);
    }
  });

  it("finds the same messages however their bytes are cut into pieces", () => {
    const frames = fc.array(
      fc.record({
        opcode: fc.constantFrom(0, 1, 2, 8, 9, 10),
        isLast: fc.boolean(),
        length: fc.constantFrom(0, 1, 125, 126, 300, 65_535, 65_536),
        isMasked: fc.boolean(),
      }),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(frames, fc.integer({ min: 1, max: 1000 }), (sent, size) => {
        const bytes = Buffer.concat(sent.map(bytesOf));
        const [whole, cut] = [new FrameProgress(), new FrameProgress()];
        whole.feed(bytes);
        for (let index = 0; index < bytes.length; index += size) cut.feed(bytes.subarray(index, index + size));
        assert.deepEqual([cut.isUnfinished, cut.completed], [whole.isUnfinished, whole.completed]);
        const ended = sent.filter(({ opcode, isLast }) => opcode < 8 && isLast).length;
        assert.equal(whole.completed, ended);
      }),
      { numRuns: 50 },
    );
  });
});
