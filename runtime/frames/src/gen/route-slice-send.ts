// route-slice-send.ts: generated from the descriptors of proto/ by tools/wire-codec. Do not edit: run 'npm run proto:generate'.

import type { RouteSlice_Send } from "@exosphere/proto";
import type { WireReader } from "../wire-reader.ts";
import { roomOfText } from "../wire-room.ts";
import type { WireWriter } from "../wire-writer.ts";

/** Reads a message that ends at `end`. */
export function readRouteSliceSend(reader: WireReader, end: number): RouteSlice_Send {
  const message: RouteSlice_Send = { number: 0, name: "", hasReceivers: false, durable: false };
  while (reader.at < end) {
    const tag = reader.uint32();
    if (tag === 8) message.number = reader.uint32();
    else if (tag === 18) message.name = reader.string();
    else if (tag === 24) message.hasReceivers = reader.bool();
    else if (tag === 32) message.durable = reader.bool();
    else if (!reader.skip(tag)) break;
  }
  return message;
}

/** Writes a message as a field of another one. */
export function writeRouteSliceSend(writer: WireWriter, tag: number, message: RouteSlice_Send): void {
  const about = message.name.length + 24;
  const start = writer.begin(tag, about);
  if (message.number !== 0) writer.uint32(8, message.number);
  if (message.name !== "") writer.string(18, message.name);
  if (message.hasReceivers) writer.uint32(24, 1);
  if (message.durable) writer.uint32(32, 1);
  writer.end(start, about);
}

/** How many bytes a message takes at most as a field of another one, or as a frame. */
export function roomOfRouteSliceSend(message: RouteSlice_Send): number {
  let room = 17;
  room += roomOfText(message.name);
  return room;
}
