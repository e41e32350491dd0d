// refusal.ts: generated from the descriptors of proto/ by tools/wire-codec. Do not edit: run 'npm run proto:generate'.

import type { Refusal } from "@exosphere/proto";
import type { WireReader } from "../wire-reader.ts";
import { roomOfEntries, roomOfText } from "../wire-room.ts";
import type { WireWriter } from "../wire-writer.ts";

/** Reads a message that ends at `end`. */
export function readRefusal(reader: WireReader, end: number): Refusal {
  const message: Refusal = { sequence: 0, reason: "", detail: "", retryAfterMs: 0, facts: {} };
  while (reader.at < end) {
    const tag = reader.uint32();
    if (tag === 8) message.sequence = reader.uint53();
    else if (tag === 18) message.reason = reader.string();
    else if (tag === 26) message.detail = reader.string();
    else if (tag === 32) message.retryAfterMs = reader.uint32();
    else if (tag === 42) reader.entry(message.facts);
    else if (!reader.skip(tag)) break;
  }
  return message;
}

/** Writes a message as a field of another one. */
export function writeRefusal(writer: WireWriter, tag: number, message: Refusal): void {
  const about = message.reason.length + message.detail.length + 24;
  const start = writer.begin(tag, about);
  if (message.sequence !== 0) writer.uint53(8, message.sequence);
  if (message.reason !== "") writer.string(18, message.reason);
  if (message.detail !== "") writer.string(26, message.detail);
  if (message.retryAfterMs !== 0) writer.uint32(32, message.retryAfterMs);
  writer.entries(42, message.facts);
  writer.end(start, about);
}

/** How many bytes a message takes at most as a field of another one, or as a frame. */
export function roomOfRefusal(message: Refusal): number {
  let room = 22;
  room += roomOfText(message.reason);
  room += roomOfText(message.detail);
  room += roomOfEntries(message.facts);
  return room;
}
