// route-slice.ts: generated from the descriptors of proto/ by tools/wire-codec. Do not edit: run 'npm run proto:generate'.

import { emptyList, type RouteSlice } from "@exosphere/proto";
import { withAdded } from "../lists.ts";
import type { WireReader } from "../wire-reader.ts";
import type { WireWriter } from "../wire-writer.ts";
import { readRouteSliceReceive, roomOfRouteSliceReceive, writeRouteSliceReceive } from "./route-slice-receive.ts";
import { readRouteSliceSend, roomOfRouteSliceSend, writeRouteSliceSend } from "./route-slice-send.ts";

/** Reads a message that ends at `end`. */
export function readRouteSlice(reader: WireReader, end: number): RouteSlice {
  const message: RouteSlice = { revision: 0, sends: emptyList, receives: emptyList };
  while (reader.at < end) {
    const tag = reader.uint32();
    if (tag === 8) message.revision = reader.uint53();
    else if (tag === 18) message.sends = withAdded(message.sends, readRouteSliceSend(reader, reader.endOfInner()));
    else if (tag === 26)
      message.receives = withAdded(message.receives, readRouteSliceReceive(reader, reader.endOfInner()));
    else if (!reader.skip(tag)) break;
  }
  return message;
}

/** Writes a message as a field of another one. */
export function writeRouteSlice(writer: WireWriter, tag: number, message: RouteSlice): void {
  const about = 24;
  const start = writer.begin(tag, about);
  if (message.revision !== 0) writer.uint53(8, message.revision);
  for (const each of message.sends) writeRouteSliceSend(writer, 18, each);
  for (const each of message.receives) writeRouteSliceReceive(writer, 26, each);
  writer.end(start, about);
}

/** How many bytes a message takes at most as a field of another one, or as a frame. */
export function roomOfRouteSlice(message: RouteSlice): number {
  let room = 16;
  for (const each of message.sends) room += roomOfRouteSliceSend(each);
  for (const each of message.receives) room += roomOfRouteSliceReceive(each);
  return room;
}
