// publish.ts: generated from the descriptors of proto/ by tools/wire-codec. Do not edit: run 'npm run proto:generate'.

import { emptyBytes, emptyList, type Publish } from "@exosphere/proto";
import type { WireReader } from "../wire-reader.ts";
import type { WireWriter } from "../wire-writer.ts";
import { readSchedule, roomOfSchedule, writeSchedule } from "./schedule.ts";

/** Reads a message that ends at `end`. */
export function readPublish(reader: WireReader, end: number): Publish {
  const message: Publish = {
    name: 0,
    activityId: emptyBytes,
    deadlineMs: 0,
    request: 0,
    cause: 0,
    replyInstance: 0,
    replyRequest: 0,
    envelope: emptyBytes,
    replyGuessed: false,
    many: false,
    more: false,
    awaiting: emptyList,
    requester: 0,
    lifetimeMs: 0,
    confirmWithinMs: 0,
    derivedId: false,
    schedule: undefined,
  };
  while (reader.at < end) {
    const tag = reader.uint32();
    if (tag === 8) message.name = reader.uint32();
    else if (tag === 18) message.activityId = reader.bytes();
    else if (tag === 24) message.deadlineMs = reader.uint32();
    else if (tag === 32) message.request = reader.uint32();
    else if (tag === 40) message.cause = reader.uint32();
    else if (tag === 48) message.replyInstance = reader.uint32();
    else if (tag === 56) message.replyRequest = reader.uint32();
    else if (tag === 66) message.envelope = reader.bytes();
    else if (tag === 72) message.replyGuessed = reader.bool();
    else if (tag === 80) message.many = reader.bool();
    else if (tag === 88) message.more = reader.bool();
    else if (tag === 98 || tag === 97) message.awaiting = reader.fixed64s(tag, message.awaiting);
    else if (tag === 105) message.requester = reader.fixed64();
    else if (tag === 112) message.lifetimeMs = reader.uint53();
    else if (tag === 120) message.confirmWithinMs = reader.uint53();
    else if (tag === 128) message.derivedId = reader.bool();
    else if (tag === 138) message.schedule = readSchedule(reader, reader.endOfInner());
    else if (!reader.skip(tag)) break;
  }
  return message;
}

/** Writes a message as a field of another one. */
export function writePublish(writer: WireWriter, tag: number, message: Publish): void {
  const about = message.activityId.length + message.envelope.length + 24;
  const start = writer.begin(tag, about);
  if (message.name !== 0) writer.uint32(8, message.name);
  if (message.activityId.length > 0) writer.bytes(18, message.activityId);
  if (message.deadlineMs !== 0) writer.uint32(24, message.deadlineMs);
  if (message.request !== 0) writer.uint32(32, message.request);
  if (message.cause !== 0) writer.uint32(40, message.cause);
  if (message.replyInstance !== 0) writer.uint32(48, message.replyInstance);
  if (message.replyRequest !== 0) writer.uint32(56, message.replyRequest);
  if (message.envelope.length > 0) writer.bytes(66, message.envelope);
  if (message.replyGuessed) writer.uint32(72, 1);
  if (message.many) writer.uint32(80, 1);
  if (message.more) writer.uint32(88, 1);
  if (message.awaiting.length > 0) writer.fixed64s(98, message.awaiting);
  if (message.requester !== 0) writer.fixed64(105, message.requester);
  if (message.lifetimeMs !== 0) writer.uint53(112, message.lifetimeMs);
  if (message.confirmWithinMs !== 0) writer.uint53(120, message.confirmWithinMs);
  if (message.derivedId) writer.uint32(128, 1);
  if (message.schedule !== undefined) writeSchedule(writer, 138, message.schedule);
  writer.end(start, about);
}

/** How many bytes a message takes at most as a field of another one, or as a frame. */
export function roomOfPublish(message: Publish): number {
  let room = 97 + message.activityId.length + message.envelope.length;
  room += 8 * message.awaiting.length;
  if (message.schedule !== undefined) room += roomOfSchedule(message.schedule);
  return room;
}
