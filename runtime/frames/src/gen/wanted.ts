// wanted.ts: generated from the descriptors of proto/ by tools/wire-codec. Do not edit: run 'npm run proto:generate'.

import { emptyList, type Wanted } from "@exosphere/proto";
import type { WireReader } from "../wire-reader.ts";
import type { WireWriter } from "../wire-writer.ts";

/** Reads a message that ends at `end`. */
export function readWanted(reader: WireReader, end: number): Wanted {
  const message: Wanted = { lanes: 0, names: emptyList };
  while (reader.at < end) {
    const tag = reader.uint32();
    if (tag === 8) message.lanes = reader.uint32();
    else if (tag === 18 || tag === 16) message.names = reader.uint32s(tag, message.names);
    else if (!reader.skip(tag)) break;
  }
  return message;
}

/** Writes a message as a field of another one. */
export function writeWanted(writer: WireWriter, tag: number, message: Wanted): void {
  const about = 24;
  const start = writer.begin(tag, about);
  if (message.lanes !== 0) writer.uint32(8, message.lanes);
  if (message.names.length > 0) writer.uint32s(18, message.names);
  writer.end(start, about);
}

/** How many bytes a message takes at most as a field of another one, or as a frame. */
export function roomOfWanted(message: Wanted): number {
  let room = 19;
  room += 5 * message.names.length;
  return room;
}
