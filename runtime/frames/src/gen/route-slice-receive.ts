// route-slice-receive.ts: generated from the descriptors of proto/ by tools/wire-codec. Do not edit: run 'npm run proto:generate'.

import type { RouteSlice_Receive } from "@exosphere/proto";
import type { WireReader } from "../wire-reader.ts";
import { roomOfText } from "../wire-room.ts";
import type { WireWriter } from "../wire-writer.ts";

/** Reads a message that ends at `end`. */
export function readRouteSliceReceive(reader: WireReader, end: number): RouteSlice_Receive {
  const message: RouteSlice_Receive = { number: 0, name: "", durable: false, concurrency: 0, timeoutMs: 0 };
  while (reader.at < end) {
    const tag = reader.uint32();
    if (tag === 8) message.number = reader.uint32();
    else if (tag === 18) message.name = reader.string();
    else if (tag === 24) message.durable = reader.bool();
    else if (tag === 32) message.concurrency = reader.uint32();
    else if (tag === 40) message.timeoutMs = reader.uint53();
    else if (!reader.skip(tag)) break;
  }
  return message;
}

/** Writes a message as a field of another one. */
export function writeRouteSliceReceive(writer: WireWriter, tag: number, message: RouteSlice_Receive): void {
  const about = message.name.length + 24;
  const start = writer.begin(tag, about);
  if (message.number !== 0) writer.uint32(8, message.number);
  if (message.name !== "") writer.string(18, message.name);
  if (message.durable) writer.uint32(24, 1);
  if (message.concurrency !== 0) writer.uint32(32, message.concurrency);
  if (message.timeoutMs !== 0) writer.uint53(40, message.timeoutMs);
  writer.end(start, about);
}

/** How many bytes a message takes at most as a field of another one, or as a frame. */
export function roomOfRouteSliceReceive(message: RouteSlice_Receive): number {
  let room = 30;
  room += roomOfText(message.name);
  return room;
}
