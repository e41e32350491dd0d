import { Buffer } from "node:buffer";

/** Size to begin with, in bytes: that of a full frame of FrameWriter with its last message. */
const initialBytes = 128 * 1024;

/** Kept between frames, so that it has grown once: a fresh one for each costs four times as much. */
let shared = Buffer.allocUnsafeSlow(initialBytes);

/**
 * Has a frame written behind `reserved` bytes that are left free: `write` gets a buffer that has `room` bytes from `at` on, and returns
 * where it ended. The result is lent: it is overwritten by the next, unless `keepLent` is called before.
 */
export function lend(reserved: number, room: number, write: (bytes: Buffer, at: number) => number): Buffer {
  const needed = reserved + room;
  if (needed > shared.length) shared = Buffer.allocUnsafeSlow(Math.max(needed, 2 * shared.length));
  return shared.subarray(0, write(shared, reserved));
}

/** Makes what was lent last the caller's own. */
export function keepLent(): void {
  shared = Buffer.allocUnsafeSlow(initialBytes);
}
