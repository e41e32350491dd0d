// partition-map-node.ts: generated from the descriptors of proto/ by tools/wire-codec. Do not edit: run 'npm run proto:generate'.

import type { PartitionMap_Node } from "@exosphere/proto";
import type { WireReader } from "../wire-reader.ts";
import { roomOfText } from "../wire-room.ts";
import type { WireWriter } from "../wire-writer.ts";

/** Reads a message that ends at `end`. */
export function readPartitionMapNode(reader: WireReader, end: number): PartitionMap_Node {
  const message: PartitionMap_Node = { name: "", address: "", load: 0, draining: false };
  while (reader.at < end) {
    const tag = reader.uint32();
    if (tag === 10) message.name = reader.string();
    else if (tag === 18) message.address = reader.string();
    else if (tag === 24) message.load = reader.uint32();
    else if (tag === 32) message.draining = reader.bool();
    else if (!reader.skip(tag)) break;
  }
  return message;
}

/** Writes a message as a field of another one. */
export function writePartitionMapNode(writer: WireWriter, tag: number, message: PartitionMap_Node): void {
  const about = message.name.length + message.address.length + 24;
  const start = writer.begin(tag, about);
  if (message.name !== "") writer.string(10, message.name);
  if (message.address !== "") writer.string(18, message.address);
  if (message.load !== 0) writer.uint32(24, message.load);
  if (message.draining) writer.uint32(32, 1);
  writer.end(start, about);
}

/** How many bytes a message takes at most as a field of another one, or as a frame. */
export function roomOfPartitionMapNode(message: PartitionMap_Node): number {
  let room = 15;
  room += roomOfText(message.name);
  room += roomOfText(message.address);
  return room;
}
