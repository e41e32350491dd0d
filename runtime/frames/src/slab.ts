import { Buffer } from "node:buffer";

/**
 * Size of a slab: room for some 200 small messages, where Node's own of 8 KiB is made anew for every 24. Whatever is cut from
 * it keeps all of it, so it is no larger than two frames.
 */
const slabBytes = 64 * 1024;

/** What may need more than this has a buffer of its own. */
const largestPiece = slabBytes / 4;

let slab = Buffer.allocUnsafeSlow(slabBytes);
let used = 0;

/**
 * Bytes that `write` makes of a value: it puts them into a buffer that has room for `mostBytes` from `at` on, and returns where they end.
 * Only what was used is taken, so nobody needs to measure a text before it is written, which costs as much as writing it.
 */
export function piece<T>(value: T, mostBytes: number, write: (value: T, bytes: Buffer, at: number) => number): Buffer {
  if (mostBytes > largestPiece) {
    const own = Buffer.allocUnsafeSlow(mostBytes);
    return own.subarray(0, write(value, own, 0));
  }
  if (used + mostBytes > slabBytes) {
    slab = Buffer.allocUnsafeSlow(slabBytes);
    used = 0;
  }
  const start = used;
  used = write(value, slab, start);
  return slab.subarray(start, used);
}
