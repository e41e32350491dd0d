// topology.ts: generated from the descriptors of proto/ by tools/wire-codec. Do not edit: run 'npm run proto:generate'.

import { emptyList, type Topology } from "@exosphere/proto";
import { withAdded } from "../lists.ts";
import type { WireReader } from "../wire-reader.ts";
import { roomOfText } from "../wire-room.ts";
import type { WireWriter } from "../wire-writer.ts";
import { readRoleTopology, roomOfRoleTopology, writeRoleTopology } from "./role-topology.ts";

/** Reads a message that ends at `end`. */
export function readTopology(reader: WireReader, end: number): Topology {
  const message: Topology = { epoch: "", revision: 0, roles: emptyList };
  while (reader.at < end) {
    const tag = reader.uint32();
    if (tag === 10) message.epoch = reader.string();
    else if (tag === 16) message.revision = reader.uint53();
    else if (tag === 26) message.roles = withAdded(message.roles, readRoleTopology(reader, reader.endOfInner()));
    else if (!reader.skip(tag)) break;
  }
  return message;
}

/** Writes a message as a field of another one. */
export function writeTopology(writer: WireWriter, tag: number, message: Topology): void {
  const about = message.epoch.length + 24;
  const start = writer.begin(tag, about);
  if (message.epoch !== "") writer.string(10, message.epoch);
  if (message.revision !== 0) writer.uint53(16, message.revision);
  for (const each of message.roles) writeRoleTopology(writer, 26, each);
  writer.end(start, about);
}

/** How many bytes a message takes at most as a field of another one, or as a frame. */
export function roomOfTopology(message: Topology): number {
  let room = 16;
  room += roomOfText(message.epoch);
  for (const each of message.roles) room += roomOfRoleTopology(each);
  return room;
}
