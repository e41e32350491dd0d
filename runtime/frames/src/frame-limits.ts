/** A frame is closed once it holds this much, in bytes: enough to amortise its cost over hundreds of small messages, and
 * little enough that a message behind it does not wait long (5 ms on a 100 Mbit/s line). */
export const frameBytes = 16 * 1024;

/** What a writer holds while its peer does not read, in bytes, before it says that it is full: a dozen frames. */
export const queuedBytes = 1024 * 1024;

/** What a message costs in a frame beside its activity id and envelope, in bytes: numbers, tags, lengths. Never more. */
export const messageOverheadBytes = 96;

/**
 * The largest frame that either end takes, in bytes: room for a message of the largest payload behind an almost full
 * frame, and for what surrounds them.
 */
export function receiveLimit(maxPayloadBytes: number): number {
  return 2 * maxPayloadBytes + 1024 * 1024;
}
