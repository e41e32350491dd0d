/**
 * Parts of a frame that are messages of their own: publishes, deliveries, settlements, confirmations, refusals. Whoever takes a frame
 * works on all of them in one turn, some 10 µs each, and a part of two bytes becomes an object of a hundred: so their number is
 * bounded, not only their bytes. Our own writers put at most 700 into a frame of 64 KiB, and some thousand runs of confirmations.
 */
export const maxFrameMessages = 4096;

/** Bare numbers of a frame: deliveries that are done, requests that are abandoned. As many as there may be unsettled deliveries. */
export const maxFrameNumbers = 65_536;

/** A frame has more parts than anybody takes. */
export class TooManyParts extends Error {
  override readonly name = "TooManyParts";

  constructor() {
    super(`A frame has at most ${maxFrameMessages} messages and ${maxFrameNumbers} numbers. Send several frames.`);
  }
}
