// partition-map-handed-over.ts: generated from the descriptors of proto/ by tools/wire-codec. Do not edit: run 'npm run proto:generate'.

import type { PartitionMap_HandedOver } from "@exosphere/proto";
import type { WireReader } from "../wire-reader.ts";
import type { WireWriter } from "../wire-writer.ts";

/** Reads a message that ends at `end`. */
export function readPartitionMapHandedOver(reader: WireReader, end: number): PartitionMap_HandedOver {
  const message: PartitionMap_HandedOver = { partition: 0, from: 0 };
  while (reader.at < end) {
    const tag = reader.uint32();
    if (tag === 8) message.partition = reader.uint32();
    else if (tag === 16) message.from = reader.uint32();
    else if (!reader.skip(tag)) break;
  }
  return message;
}

/** Writes a message as a field of another one. */
export function writePartitionMapHandedOver(writer: WireWriter, tag: number, message: PartitionMap_HandedOver): void {
  const start = writer.begin(tag, 0);
  if (message.partition !== 0) writer.uint32(8, message.partition);
  if (message.from !== 0) writer.uint32(16, message.from);
  writer.end(start, 0);
}

/** How many bytes a message takes at most as a field of another one, or as a frame. */
export const roomOfPartitionMapHandedOver = 19;
