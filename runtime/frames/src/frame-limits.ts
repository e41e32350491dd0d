/** A frame leaves once it holds this much, in bytes: some hundred small messages, so that its own cost hardly counts, and
 * few enough that its receiver is at work before the sender is done. With 256 requests in flight 16 KiB cost the broker a
 * quarter more per message, and 64 KiB carried a fifth less. */
export const frameBytes = 32 * 1024;

/** What a writer holds while its peer does not read, in bytes, before it says that it is full: some 30 frames. */
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
