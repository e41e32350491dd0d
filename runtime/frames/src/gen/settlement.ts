// settlement.ts: generated from the descriptors of proto/ by tools/wire-codec. Do not edit: run 'npm run proto:generate'.

import type { Settlement, Settlement_Outcome } from "@exosphere/proto";
import type { WireReader } from "../wire-reader.ts";
import { roomOfText } from "../wire-room.ts";
import type { WireWriter } from "../wire-writer.ts";

/** Reads a message that ends at `end`. */
export function readSettlement(reader: WireReader, end: number): Settlement {
  const message: Settlement = { delivery: 0, outcome: 0, retryAfterMs: 0, detail: "", words: "", durableId: 0 };
  while (reader.at < end) {
    const tag = reader.uint32();
    if (tag === 8) message.delivery = reader.uint32();
    else if (tag === 16) message.outcome = (reader.uint32() | 0) as Settlement_Outcome;
    else if (tag === 24) message.retryAfterMs = reader.uint32();
    else if (tag === 34) message.detail = reader.string();
    else if (tag === 42) message.words = reader.string();
    else if (tag === 49) message.durableId = reader.fixed64();
    else if (!reader.skip(tag)) break;
  }
  return message;
}

/** Writes a message as a field of another one. */
export function writeSettlement(writer: WireWriter, tag: number, message: Settlement): void {
  const about = message.detail.length + message.words.length + 24;
  const start = writer.begin(tag, about);
  if (message.delivery !== 0) writer.uint32(8, message.delivery);
  if (message.outcome !== 0) writer.uint32(16, message.outcome);
  if (message.retryAfterMs !== 0) writer.uint32(24, message.retryAfterMs);
  if (message.detail !== "") writer.string(34, message.detail);
  if (message.words !== "") writer.string(42, message.words);
  if (message.durableId !== 0) writer.fixed64(49, message.durableId);
  writer.end(start, about);
}

/** How many bytes a message takes at most as a field of another one, or as a frame. */
export function roomOfSettlement(message: Settlement): number {
  let room = 34;
  room += roomOfText(message.detail);
  room += roomOfText(message.words);
  return room;
}
