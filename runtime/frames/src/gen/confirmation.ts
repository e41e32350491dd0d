// confirmation.ts: generated from the descriptors of proto/ by tools/wire-codec. Do not edit: run 'npm run proto:generate'.

import type { Confirmation } from "@exosphere/proto";
import type { WireReader } from "../wire-reader.ts";
import type { WireWriter } from "../wire-writer.ts";

/** Reads a message that ends at `end`. */
export function readConfirmation(reader: WireReader, end: number): Confirmation {
  const message: Confirmation = { first: 0, last: 0 };
  while (reader.at < end) {
    const tag = reader.uint32();
    if (tag === 8) message.first = reader.uint53();
    else if (tag === 16) message.last = reader.uint53();
    else if (!reader.skip(tag)) break;
  }
  return message;
}

/** Writes a message as a field of another one. */
export function writeConfirmation(writer: WireWriter, tag: number, message: Confirmation): void {
  const start = writer.begin(tag, 0);
  if (message.first !== 0) writer.uint53(8, message.first);
  if (message.last !== 0) writer.uint53(16, message.last);
  writer.end(start, 0);
}

/** How many bytes a message takes at most as a field of another one, or as a frame. */
export const roomOfConfirmation = 25;
