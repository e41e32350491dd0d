import { AttachRequest, AttachResponse } from "@exosphere/proto";
import { emptyRequest, emptyResponse } from "./attach-frames.ts";
import { checkParts, maxFrameMessages, maxFrameNumbers, TooManyParts } from "./frame-parts.ts";
import { readConfirmation, readDelivery, readPublish } from "./hot-messages.ts";
import { lendWith } from "./shared-writer.ts";
import { WireReader } from "./wire-reader.ts";
import { WireWriter } from "./wire-writer.ts";

/** A frame of an instance as bytes. */
export function encodeRequest(frame: AttachRequest): Buffer {
  return ownCopy(lendRequest(frame, 0));
}

/**
 * The same behind `reserved` bytes that are left free, and lent: see shared-writer.ts. All but its publishes, and what nearly
 * every frame has beside them, is left to the generated code.
 */
export function lendRequest(frame: AttachRequest, reserved: number): Buffer {
  const { done, firstSequence, publishes } = frame;
  const rest = isHotRequest(frame) ? undefined : { ...frame, done: [], firstSequence: 0, publishes: [] };
  const room = WireWriter.roomForNumbers(done.length) + WireWriter.roomFor(publishes);
  return lendWith(reserved, rest, AttachRequest, room, (bytes, at) => {
    const writer = new WireWriter(bytes, at);
    writer.numbers(26, done);
    writer.sequence(48, firstSequence);
    for (const publish of publishes) writer.publish(publish);
    return writer.at;
  });
}

/** A frame of a broker as bytes. */
export function encodeResponse(frame: AttachResponse): Buffer {
  return ownCopy(lendResponse(frame, 0));
}

/** The same behind `reserved` bytes that are left free, and lent. All but what nearly every frame has is left to the generated code. */
export function lendResponse(frame: AttachResponse, reserved: number): Buffer {
  const { confirmations, firstDelivery, deliveries } = frame;
  const rest = isHotResponse(frame) ? undefined : { ...frame, confirmations: [], firstDelivery: 0, deliveries: [] };
  const room = WireWriter.roomForConfirmations(confirmations.length) + WireWriter.roomFor(deliveries);
  return lendWith(reserved, rest, AttachResponse, room, (bytes, at) => {
    const writer = new WireWriter(bytes, at);
    for (const confirmation of confirmations) writer.confirmation(confirmation);
    writer.sequence(40, firstDelivery);
    for (const delivery of deliveries) writer.delivery(delivery);
    return writer.at;
  });
}

/** Of small ones Node cuts the copies from a shared slab. */
function ownCopy(lent: Buffer): Buffer {
  const copy = Buffer.allocUnsafe(lent.length);
  lent.copy(copy);
  return copy;
}

/** Whether a frame has nothing but what is written by hand, as nearly all have. */
function isHotRequest({ registration, credit, settlements, abandoned, topologyQuery, leave }: AttachRequest): boolean {
  return (
    settlements.length === 0 &&
    abandoned.length === 0 &&
    registration === undefined &&
    credit === undefined &&
    topologyQuery === undefined &&
    leave === undefined
  );
}

function isHotResponse(frame: AttachResponse): boolean {
  const { attached, routes, refusals, undeliverables, topology, move, answered, unwanted } = frame;
  return (
    refusals.length === 0 &&
    undeliverables.length === 0 &&
    answered.length === 0 &&
    unwanted.length === 0 &&
    attached === undefined &&
    routes === undefined &&
    topology === undefined &&
    move === undefined
  );
}

/** Fields of the frames that are repeated numbers: `done` and `abandoned`; `answered` and `unwanted`. */
const packedOfRequest: ReadonlySet<number> = new Set([3, 5]);
const packedOfResponse: ReadonlySet<number> = new Set([10, 11]);

/** What an instance sent. Throws TooManyParts, and what the generated code throws if it is not a frame. Its bytes are views. */
export function decodeRequest(bytes: Buffer): AttachRequest {
  const reader = new WireReader(bytes);
  const frame = emptyRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    if (tag === 58) frame.publishes.push(readPublish(reader, reader.endOfLength()));
    else if (tag === 26) readNumbers(reader, frame.done);
    else if (tag === 48) frame.firstSequence = reader.uint53();
    else reader.giveUp();
    if (frame.publishes.length > maxFrameMessages || frame.done.length > maxFrameNumbers) throw new TooManyParts();
  }
  if (reader.isPlain) return frame;
  checkParts(bytes, packedOfRequest);
  return AttachRequest.decode(bytes);
}

/** What a broker sent. Throws TooManyParts, and what the generated code throws if it is not a frame. Its bytes are views. */
export function decodeResponse(bytes: Buffer): AttachResponse {
  const reader = new WireReader(bytes);
  const frame = emptyResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    if (tag === 50) frame.deliveries.push(readDelivery(reader, reader.endOfLength()));
    else if (tag === 26) frame.confirmations.push(readConfirmation(reader, reader.endOfLength()));
    else if (tag === 40) frame.firstDelivery = reader.uint32();
    else reader.giveUp();
    if (frame.deliveries.length + frame.confirmations.length > maxFrameMessages) throw new TooManyParts();
  }
  if (reader.isPlain) return frame;
  checkParts(bytes, packedOfResponse);
  return AttachResponse.decode(bytes);
}

function readNumbers(reader: WireReader, numbers: number[]): void {
  const end = reader.endOfLength();
  while (reader.at < end && numbers.length <= maxFrameNumbers) numbers.push(reader.uint32());
  if (reader.at !== end) reader.giveUp();
}
