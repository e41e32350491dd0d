// settled-run.ts: generated from the descriptors of proto/ by tools/wire-codec. Do not edit: run 'npm run proto:generate'.

import type { SettledRun } from "@exosphere/proto";
import type { WireReader } from "../wire-reader.ts";
import type { WireWriter } from "../wire-writer.ts";

/** Reads a message that ends at `end`. */
export function readSettledRun(reader: WireReader, end: number): SettledRun {
  const message: SettledRun = { first: 0, last: 0 };
  while (reader.at < end) {
    const tag = reader.uint32();
    if (tag === 9) message.first = reader.fixed64();
    else if (tag === 17) message.last = reader.fixed64();
    else if (!reader.skip(tag)) break;
  }
  return message;
}

/** Writes a message as a field of another one. */
export function writeSettledRun(writer: WireWriter, tag: number, message: SettledRun): void {
  const start = writer.begin(tag, 0);
  if (message.first !== 0) writer.fixed64(9, message.first);
  if (message.last !== 0) writer.fixed64(17, message.last);
  writer.end(start, 0);
}

/** How many bytes a message takes at most as a field of another one, or as a frame. */
export const roomOfSettledRun = 25;
