// name-credit.ts: generated from the descriptors of proto/ by tools/wire-codec. Do not edit: run 'npm run proto:generate'.

import type { NameCredit } from "@exosphere/proto";
import type { WireReader } from "../wire-reader.ts";
import type { WireWriter } from "../wire-writer.ts";

/** Reads a message that ends at `end`. */
export function readNameCredit(reader: WireReader, end: number): NameCredit {
  const message: NameCredit = { name: 0, window: 0 };
  while (reader.at < end) {
    const tag = reader.uint32();
    if (tag === 8) message.name = reader.uint32();
    else if (tag === 16) message.window = reader.uint32();
    else if (!reader.skip(tag)) break;
  }
  return message;
}

/** Writes a message as a field of another one. */
export function writeNameCredit(writer: WireWriter, tag: number, message: NameCredit): void {
  const start = writer.begin(tag, 0);
  if (message.name !== 0) writer.uint32(8, message.name);
  if (message.window !== 0) writer.uint32(16, message.window);
  writer.end(start, 0);
}

/** How many bytes a message takes at most as a field of another one, or as a frame. */
export const roomOfNameCredit = 19;
