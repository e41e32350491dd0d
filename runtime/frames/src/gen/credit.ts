// credit.ts: generated from the descriptors of proto/ by tools/wire-codec. Do not edit: run 'npm run proto:generate'.

import type { Credit } from "@exosphere/proto";
import type { WireReader } from "../wire-reader.ts";
import type { WireWriter } from "../wire-writer.ts";

/** Reads a message that ends at `end`. */
export function readCredit(reader: WireReader, end: number): Credit {
  const message: Credit = { window: 0, failing: false, probes: 0 };
  while (reader.at < end) {
    const tag = reader.uint32();
    if (tag === 8) message.window = reader.uint32();
    else if (tag === 16) message.failing = reader.bool();
    else if (tag === 24) message.probes = reader.uint32();
    else if (!reader.skip(tag)) break;
  }
  return message;
}

/** Writes a message as a field of another one. */
export function writeCredit(writer: WireWriter, tag: number, message: Credit): void {
  const start = writer.begin(tag, 0);
  writer.uint32(8, message.window);
  writer.bool(16, message.failing);
  writer.uint32(24, message.probes);
  writer.end(start, 0);
}

/** How many bytes a message takes at most as a field of another one, or as a frame. */
export const roomOfCredit = 21;
