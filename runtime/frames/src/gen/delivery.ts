// delivery.ts: generated from the descriptors of proto/ by tools/wire-codec. Do not edit: run 'npm run proto:generate'.

import { type Delivery, emptyBytes, emptyList } from "@exosphere/proto";
import type { WireReader } from "../wire-reader.ts";
import type { WireWriter } from "../wire-writer.ts";

/** Reads a message that ends at `end`. */
export function readDelivery(reader: WireReader, end: number): Delivery {
  const message: Delivery = {
    name: 0,
    activityId: emptyBytes,
    deadlineMs: 0,
    attempt: 0,
    replyInstance: 0,
    replyRequest: 0,
    request: 0,
    timestampSeconds: 0,
    timestampNanos: 0,
    responseTimeNs: 0,
    isSecurity: false,
    envelope: emptyBytes,
    many: false,
    more: false,
    awaiting: emptyList,
    requester: 0,
    durableId: 0,
    failures: 0,
    lifetimeMs: 0,
  };
  while (reader.at < end) {
    const tag = reader.uint32();
    if (tag === 8) message.name = reader.uint32();
    else if (tag === 18) message.activityId = reader.bytes();
    else if (tag === 24) message.deadlineMs = reader.uint32();
    else if (tag === 32) message.attempt = reader.uint32();
    else if (tag === 40) message.replyInstance = reader.uint32();
    else if (tag === 48) message.replyRequest = reader.uint32();
    else if (tag === 56) message.request = reader.uint32();
    else if (tag === 64) message.timestampSeconds = reader.uint32();
    else if (tag === 72) message.timestampNanos = reader.uint32();
    else if (tag === 81) message.responseTimeNs = reader.double();
    else if (tag === 88) message.isSecurity = reader.bool();
    else if (tag === 98) message.envelope = reader.bytes();
    else if (tag === 104) message.many = reader.bool();
    else if (tag === 112) message.more = reader.bool();
    else if (tag === 122 || tag === 121) message.awaiting = reader.fixed64s(tag, message.awaiting);
    else if (tag === 129) message.requester = reader.fixed64();
    else if (tag === 137) message.durableId = reader.fixed64();
    else if (tag === 144) message.failures = reader.uint32();
    else if (tag === 152) message.lifetimeMs = reader.uint53();
    else if (!reader.skip(tag)) break;
  }
  return message;
}

/** Writes a message as a field of another one. */
export function writeDelivery(writer: WireWriter, tag: number, message: Delivery): void {
  const about = message.activityId.length + message.envelope.length + 24;
  const start = writer.begin(tag, about);
  if (message.name !== 0) writer.uint32(8, message.name);
  if (message.activityId.length > 0) writer.bytes(18, message.activityId);
  if (message.deadlineMs !== 0) writer.uint32(24, message.deadlineMs);
  if (message.attempt !== 0) writer.uint32(32, message.attempt);
  if (message.replyInstance !== 0) writer.uint32(40, message.replyInstance);
  if (message.replyRequest !== 0) writer.uint32(48, message.replyRequest);
  if (message.request !== 0) writer.uint32(56, message.request);
  if (message.timestampSeconds !== 0) writer.uint32(64, message.timestampSeconds);
  if (message.timestampNanos !== 0) writer.uint32(72, message.timestampNanos);
  if (message.responseTimeNs !== 0) writer.double(81, message.responseTimeNs);
  if (message.isSecurity) writer.uint32(88, 1);
  if (message.envelope.length > 0) writer.bytes(98, message.envelope);
  if (message.many) writer.uint32(104, 1);
  if (message.more) writer.uint32(112, 1);
  if (message.awaiting.length > 0) writer.fixed64s(122, message.awaiting);
  if (message.requester !== 0) writer.fixed64(129, message.requester);
  if (message.durableId !== 0) writer.fixed64(137, message.durableId);
  if (message.failures !== 0) writer.uint32(144, message.failures);
  if (message.lifetimeMs !== 0) writer.uint53(152, message.lifetimeMs);
  writer.end(start, about);
}

/** How many bytes a message takes at most as a field of another one, or as a frame. */
export function roomOfDelivery(message: Delivery): number {
  let room = 125 + message.activityId.length + message.envelope.length;
  room += 8 * message.awaiting.length;
  return room;
}
