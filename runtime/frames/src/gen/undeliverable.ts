// undeliverable.ts: generated from the descriptors of proto/ by tools/wire-codec. Do not edit: run 'npm run proto:generate'.

import { emptyBytes, type Undeliverable } from "@exosphere/proto";
import type { WireReader } from "../wire-reader.ts";
import { roomOfEntries, roomOfText } from "../wire-room.ts";
import type { WireWriter } from "../wire-writer.ts";

/** Reads a message that ends at `end`. */
export function readUndeliverable(reader: WireReader, end: number): Undeliverable {
  const message: Undeliverable = {
    request: 0,
    reason: "",
    detail: "",
    activityId: emptyBytes,
    facts: {},
    retryAfterMs: 0,
  };
  while (reader.at < end) {
    const tag = reader.uint32();
    if (tag === 8) message.request = reader.uint32();
    else if (tag === 18) message.reason = reader.string();
    else if (tag === 26) message.detail = reader.string();
    else if (tag === 34) message.activityId = reader.bytes();
    else if (tag === 42) reader.entry(message.facts);
    else if (tag === 48) message.retryAfterMs = reader.uint32();
    else if (!reader.skip(tag)) break;
  }
  return message;
}

/** Writes a message as a field of another one. */
export function writeUndeliverable(writer: WireWriter, tag: number, message: Undeliverable): void {
  const about = message.reason.length + message.detail.length + message.activityId.length + 24;
  const start = writer.begin(tag, about);
  if (message.request !== 0) writer.uint32(8, message.request);
  if (message.reason !== "") writer.string(18, message.reason);
  if (message.detail !== "") writer.string(26, message.detail);
  if (message.activityId.length > 0) writer.bytes(34, message.activityId);
  writer.entries(42, message.facts);
  if (message.retryAfterMs !== 0) writer.uint32(48, message.retryAfterMs);
  writer.end(start, about);
}

/** How many bytes a message takes at most as a field of another one, or as a frame. */
export function roomOfUndeliverable(message: Undeliverable): number {
  let room = 25 + message.activityId.length;
  room += roomOfText(message.reason);
  room += roomOfText(message.detail);
  room += roomOfEntries(message.facts);
  return room;
}
