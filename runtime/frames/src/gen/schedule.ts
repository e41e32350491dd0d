// schedule.ts: generated from the descriptors of proto/ by tools/wire-codec. Do not edit: run 'npm run proto:generate'.

import type { Schedule } from "@exosphere/proto";
import type { WireReader } from "../wire-reader.ts";
import { roomOfText } from "../wire-room.ts";
import type { WireWriter } from "../wire-writer.ts";

/** Reads a message that ends at `end`. */
export function readSchedule(reader: WireReader, end: number): Schedule {
  const message: Schedule = { dueAtMs: 0, delayMs: 0, key: "" };
  while (reader.at < end) {
    const tag = reader.uint32();
    if (tag === 8) message.dueAtMs = reader.uint53();
    else if (tag === 16) message.delayMs = reader.uint53();
    else if (tag === 26) message.key = reader.string();
    else if (!reader.skip(tag)) break;
  }
  return message;
}

/** Writes a message as a field of another one. */
export function writeSchedule(writer: WireWriter, tag: number, message: Schedule): void {
  const about = message.key.length + 24;
  const start = writer.begin(tag, about);
  if (message.dueAtMs !== 0) writer.uint53(8, message.dueAtMs);
  if (message.delayMs !== 0) writer.uint53(16, message.delayMs);
  if (message.key !== "") writer.string(26, message.key);
  writer.end(start, about);
}

/** How many bytes a message takes at most as a field of another one, or as a frame. */
export function roomOfSchedule(message: Schedule): number {
  let room = 25;
  room += roomOfText(message.key);
  return room;
}
