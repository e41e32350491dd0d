// partition-map.ts: generated from the descriptors of proto/ by tools/wire-codec. Do not edit: run 'npm run proto:generate'.

import { emptyBytes, emptyList, type PartitionMap } from "@exosphere/proto";
import { withAdded } from "../lists.ts";
import type { WireReader } from "../wire-reader.ts";
import type { WireWriter } from "../wire-writer.ts";
import {
  readPartitionMapHandedOver,
  roomOfPartitionMapHandedOver,
  writePartitionMapHandedOver,
} from "./partition-map-handed-over.ts";
import { readPartitionMapNode, roomOfPartitionMapNode, writePartitionMapNode } from "./partition-map-node.ts";

/** Reads a message that ends at `end`. */
export function readPartitionMap(reader: WireReader, end: number): PartitionMap {
  const message: PartitionMap = { revision: 0, nodes: emptyList, owners: emptyBytes, handedOver: emptyList };
  while (reader.at < end) {
    const tag = reader.uint32();
    if (tag === 8) message.revision = reader.uint53();
    else if (tag === 18) message.nodes = withAdded(message.nodes, readPartitionMapNode(reader, reader.endOfInner()));
    else if (tag === 26) message.owners = reader.bytes();
    else if (tag === 34)
      message.handedOver = withAdded(message.handedOver, readPartitionMapHandedOver(reader, reader.endOfInner()));
    else if (!reader.skip(tag)) break;
  }
  return message;
}

/** Writes a message as a field of another one. */
export function writePartitionMap(writer: WireWriter, tag: number, message: PartitionMap): void {
  const about = message.owners.length + 24;
  const start = writer.begin(tag, about);
  if (message.revision !== 0) writer.uint53(8, message.revision);
  for (const each of message.nodes) writePartitionMapNode(writer, 18, each);
  if (message.owners.length > 0) writer.bytes(26, message.owners);
  for (const each of message.handedOver) writePartitionMapHandedOver(writer, 34, each);
  writer.end(start, about);
}

/** How many bytes a message takes at most as a field of another one, or as a frame. */
export function roomOfPartitionMap(message: PartitionMap): number {
  let room = 22 + message.owners.length;
  for (const each of message.nodes) room += roomOfPartitionMapNode(each);
  room += message.handedOver.length * roomOfPartitionMapHandedOver;
  return room;
}
