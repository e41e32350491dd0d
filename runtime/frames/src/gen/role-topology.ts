// role-topology.ts: generated from the descriptors of proto/ by tools/wire-codec. Do not edit: run 'npm run proto:generate'.

import { emptyList, type RoleTopology } from "@exosphere/proto";
import { withAdded } from "../lists.ts";
import type { WireReader } from "../wire-reader.ts";
import { roomOfText } from "../wire-room.ts";
import type { WireWriter } from "../wire-writer.ts";
import { readInstanceTopology, roomOfInstanceTopology, writeInstanceTopology } from "./instance-topology.ts";
import { readTranslation, roomOfTranslation, writeTranslation } from "./translation.ts";

/** Reads a message that ends at `end`. */
export function readRoleTopology(reader: WireReader, end: number): RoleTopology {
  const message: RoleTopology = {
    role: "",
    sends: emptyList,
    receives: emptyList,
    translations: emptyList,
    instances: emptyList,
    waitingMessages: 0,
    waitingBytes: 0,
  };
  while (reader.at < end) {
    const tag = reader.uint32();
    if (tag === 10) message.role = reader.string();
    else if (tag === 18) message.sends = withAdded(message.sends, reader.string());
    else if (tag === 26) message.receives = withAdded(message.receives, reader.string());
    else if (tag === 34)
      message.translations = withAdded(message.translations, readTranslation(reader, reader.endOfInner()));
    else if (tag === 42)
      message.instances = withAdded(message.instances, readInstanceTopology(reader, reader.endOfInner()));
    else if (tag === 48) message.waitingMessages = reader.uint53();
    else if (tag === 56) message.waitingBytes = reader.uint53();
    else if (!reader.skip(tag)) break;
  }
  return message;
}

/** Writes a message as a field of another one. */
export function writeRoleTopology(writer: WireWriter, tag: number, message: RoleTopology): void {
  const about = message.role.length + 24;
  const start = writer.begin(tag, about);
  if (message.role !== "") writer.string(10, message.role);
  for (const each of message.sends) writer.string(18, each);
  for (const each of message.receives) writer.string(26, each);
  for (const each of message.translations) writeTranslation(writer, 34, each);
  for (const each of message.instances) writeInstanceTopology(writer, 42, each);
  if (message.waitingMessages !== 0) writer.uint53(48, message.waitingMessages);
  if (message.waitingBytes !== 0) writer.uint53(56, message.waitingBytes);
  writer.end(start, about);
}

/** How many bytes a message takes at most as a field of another one, or as a frame. */
export function roomOfRoleTopology(message: RoleTopology): number {
  let room = 25;
  room += roomOfText(message.role);
  for (const each of message.sends) room += roomOfText(each);
  for (const each of message.receives) room += roomOfText(each);
  for (const each of message.translations) room += roomOfTranslation(each);
  for (const each of message.instances) room += roomOfInstanceTopology(each);
  return room;
}
