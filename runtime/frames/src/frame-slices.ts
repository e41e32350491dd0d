import type { AttachRequest } from "@exosphere/proto";
import { newAttachRequest } from "@exosphere/proto";

/** What parts of a frame take to work on, in publishes: some 10 µs. Measured: a settlement about half, a bare number a sixteenth. */
const settlementWeight = 1 / 2;
const numberWeight = 1 / 16;

/** What it takes to show the whole bus: half a millisecond for some hundred roles. */
const topologyWeight = 64;

/** What a frame itself takes, whatever is in it: bytes become an object, and the clock is read. */
const frameWeight = 1;

/** What a slice of a frame has at the most, in publishes: some 2 ms of work. With half of it, a flood in slices costs a tenth more. */
export const sliceWeight = 256;

/** What a frame of an instance takes to work on, in publishes. */
export function weightOf({ publishes, settlements, done, abandoned, topologyQuery }: AttachRequest): number {
  const topology = topologyQuery ? topologyWeight : 0;
  const numbers = done.length + abandoned.length;
  return frameWeight + publishes.length + settlements.length * settlementWeight + numbers * numberWeight + topology;
}

/** The same as a frame, in frames of at most `sliceWeight`, in the order in which the parts of a frame are worked on. */
export function* slicesOf(frame: AttachRequest): Generator<AttachRequest> {
  if (weightOf(frame) <= sliceWeight) return yield frame;
  const { credit, done, settlements, abandoned, publishes, firstSequence, topologyQuery, leave } = frame;
  if (credit) yield newAttachRequest({ credit });
  for (const part of parts(done, numberWeight)) yield newAttachRequest({ done: part });
  for (const part of parts(settlements, settlementWeight)) yield newAttachRequest({ settlements: part });
  for (const part of parts(abandoned, numberWeight)) yield newAttachRequest({ abandoned: part });
  let sequence = firstSequence;
  for (const part of parts(publishes, 1)) {
    yield newAttachRequest({ firstSequence: sequence, publishes: part });
    sequence += part.length;
  }
  if (topologyQuery || leave) yield newAttachRequest({ topologyQuery, leave });
}

/** Neighbours together, as many as a slice may have. */
function* parts<T>(all: readonly T[], weight: number): Generator<T[]> {
  const length = (sliceWeight - frameWeight) / weight;
  for (let at = 0; at < all.length; at += length) yield all.slice(at, at + length);
}
