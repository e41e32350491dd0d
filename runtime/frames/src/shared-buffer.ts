import { Buffer } from "node:buffer";

/** Size to begin with, in bytes: that of a full frame of FrameWriter with its last message. */
const initialBytes = 128 * 1024;

/** Kept between frames, so that it has grown once: a fresh one for each costs four times as much. */
let shared = Buffer.allocUnsafeSlow(initialBytes);

/**
 * A buffer with room for so many bytes, to write a frame into. It is lent: the next frame overwrites it, unless `keepLent` is called
 * before.
 */
export function lentBuffer(bytes: number): Buffer {
  if (bytes > shared.length) shared = Buffer.allocUnsafeSlow(Math.max(bytes, 2 * shared.length));
  return shared;
}

/** Makes what was lent last the caller's own. */
export function keepLent(): void {
  shared = Buffer.allocUnsafeSlow(initialBytes);
}
