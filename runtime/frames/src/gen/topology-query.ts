// topology-query.ts: generated from the descriptors of proto/ by tools/wire-codec. Do not edit: run 'npm run proto:generate'.

import type { TopologyQuery } from "@exosphere/proto";
import type { WireReader } from "../wire-reader.ts";
import type { WireWriter } from "../wire-writer.ts";

/** Reads a message that ends at `end`. */
export function readTopologyQuery(reader: WireReader, end: number): TopologyQuery {
  const message: TopologyQuery = {};
  while (reader.at < end) {
    const tag = reader.uint32();
    if (!reader.skip(tag)) break;
  }
  return message;
}

/** Writes a message as a field of another one. */
export function writeTopologyQuery(writer: WireWriter, tag: number, _message: TopologyQuery): void {
  const start = writer.begin(tag, 0);
  writer.end(start, 0);
}

/** How many bytes a message takes at most as a field of another one, or as a frame. */
export const roomOfTopologyQuery = 7;
