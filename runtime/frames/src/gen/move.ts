// move.ts: generated from the descriptors of proto/ by tools/wire-codec. Do not edit: run 'npm run proto:generate'.

import type { Move } from "@exosphere/proto";
import type { WireReader } from "../wire-reader.ts";
import { roomOfText } from "../wire-room.ts";
import type { WireWriter } from "../wire-writer.ts";

/** Reads a message that ends at `end`. */
export function readMove(reader: WireReader, end: number): Move {
  const message: Move = { address: "", withinMs: 0, detail: "" };
  while (reader.at < end) {
    const tag = reader.uint32();
    if (tag === 10) message.address = reader.string();
    else if (tag === 16) message.withinMs = reader.uint32();
    else if (tag === 26) message.detail = reader.string();
    else if (!reader.skip(tag)) break;
  }
  return message;
}

/** Writes a message as a field of another one. */
export function writeMove(writer: WireWriter, tag: number, message: Move): void {
  const about = message.address.length + message.detail.length + 24;
  const start = writer.begin(tag, about);
  if (message.address !== "") writer.string(10, message.address);
  if (message.withinMs !== 0) writer.uint32(16, message.withinMs);
  if (message.detail !== "") writer.string(26, message.detail);
  writer.end(start, about);
}

/** How many bytes a message takes at most as a field of another one, or as a frame. */
export function roomOfMove(message: Move): number {
  let room = 13;
  room += roomOfText(message.address);
  room += roomOfText(message.detail);
  return room;
}
