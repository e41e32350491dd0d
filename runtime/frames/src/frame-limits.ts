/** A frame leaves once it holds this much, in bytes: what 256 requests of 200 bytes bring in one turn, so that it is not one full
 * frame and one with what was left, which costs as much. With 32 KiB they cost the broker a tenth more; with 128 KiB
 * they cost the same, and only 64 of 4 KiB each a little less. */
export const frameBytes = 64 * 1024;

/** What a writer holds while its peer does not read, in bytes, before it says that it is full: 16 frames. */
export const queuedBytes = 1024 * 1024;

/** What a message costs in a frame beside its activity id and envelope, in bytes: numbers, tags, lengths. Never more. */
export const messageOverheadBytes = 96;

/** What an envelope may have beside the largest payload, in bytes: auth, ids and trace context. Who serves takes no more. */
export const envelopeOverheadBytes = 64 * 1024;

/** What is kept or passed on of a text for people, such as the detail of a settlement, in characters: some lines. */
export const longestText = 1_000;

/**
 * The largest frame that either end takes, in bytes: room for a message of the largest payload behind an almost full
 * frame, and for what surrounds them.
 */
export function receiveLimit(maxPayloadBytes: number): number {
  return 2 * maxPayloadBytes + 1024 * 1024;
}
