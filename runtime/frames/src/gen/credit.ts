// credit.ts: generated from the descriptors of proto/ by tools/wire-codec. Do not edit: run 'npm run proto:generate'.

import { type Credit, emptyList } from "@exosphere/proto";
import { withAdded } from "../lists.ts";
import type { WireReader } from "../wire-reader.ts";
import type { WireWriter } from "../wire-writer.ts";
import { readNameCredit, roomOfNameCredit, writeNameCredit } from "./name-credit.ts";

/** Reads a message that ends at `end`. */
export function readCredit(reader: WireReader, end: number): Credit {
  const message: Credit = { window: 0, failing: false, probes: 0, names: emptyList };
  while (reader.at < end) {
    const tag = reader.uint32();
    if (tag === 8) message.window = reader.uint32();
    else if (tag === 16) message.failing = reader.bool();
    else if (tag === 24) message.probes = reader.uint32();
    else if (tag === 34) message.names = withAdded(message.names, readNameCredit(reader, reader.endOfInner()));
    else if (!reader.skip(tag)) break;
  }
  return message;
}

/** Writes a message as a field of another one. */
export function writeCredit(writer: WireWriter, tag: number, message: Credit): void {
  const about = 24;
  const start = writer.begin(tag, about);
  if (message.window !== 0) writer.uint32(8, message.window);
  if (message.failing) writer.uint32(16, 1);
  if (message.probes !== 0) writer.uint32(24, message.probes);
  for (const each of message.names) writeNameCredit(writer, 34, each);
  writer.end(start, about);
}

/** How many bytes a message takes at most as a field of another one, or as a frame. */
export function roomOfCredit(message: Credit): number {
  let room = 21;
  room += message.names.length * roomOfNameCredit;
  return room;
}
