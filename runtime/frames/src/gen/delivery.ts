// delivery.ts: generated from the descriptors of proto/ by tools/wire-codec. Do not edit: run 'npm run proto:generate'.

import { type Delivery, emptyBytes, emptyList } from "@exosphere/proto";
import type { WireReader } from "../wire-reader.ts";
import { roomOfUint53s } from "../wire-room.ts";
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
  writer.uint32(8, message.name);
  writer.bytes(18, message.activityId);
  writer.uint32(24, message.deadlineMs);
  writer.uint32(32, message.attempt);
  writer.uint32(40, message.replyInstance);
  writer.uint32(48, message.replyRequest);
  writer.uint32(56, message.request);
  writer.uint32(64, message.timestampSeconds);
  writer.uint32(72, message.timestampNanos);
  writer.double(81, message.responseTimeNs);
  writer.bool(88, message.isSecurity);
  writer.bytes(98, message.envelope);
  writer.bool(104, message.many);
  writer.bool(112, message.more);
  writer.fixed64s(122, message.awaiting);
  writer.fixed64(129, message.requester);
  writer.fixed64(137, message.durableId);
  writer.uint32(144, message.failures);
  writer.uint53(152, message.lifetimeMs);
  writer.end(start, about);
}

/** How many bytes a message takes at most as a field of another one, or as a frame. */
export function roomOfDelivery(message: Delivery): number {
  let room = 119 + message.activityId.length + message.envelope.length;
  room += roomOfUint53s(message.awaiting);
  return room;
}
