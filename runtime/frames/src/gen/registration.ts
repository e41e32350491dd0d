// registration.ts: generated from the descriptors of proto/ by tools/wire-codec. Do not edit: run 'npm run proto:generate'.

import { emptyBytes, emptyList, type Registration } from "@exosphere/proto";
import { withAdded } from "../lists.ts";
import type { WireReader } from "../wire-reader.ts";
import { roomOfText } from "../wire-room.ts";
import type { WireWriter } from "../wire-writer.ts";
import { readSettlement, roomOfSettlement, writeSettlement } from "./settlement.ts";

/** Reads a message that ends at `end`. */
export function readRegistration(reader: WireReader, end: number): Registration {
  const message: Registration = {
    protocolVersion: 0,
    role: "",
    instanceId: "",
    token: "",
    credit: 0,
    confirmedThrough: 0,
    epoch: "",
    agent: "",
    key: emptyBytes,
    attachment: emptyBytes,
    working: emptyList,
    settled: emptyList,
    mapRevision: 0,
  };
  while (reader.at < end) {
    const tag = reader.uint32();
    if (tag === 8) message.protocolVersion = reader.uint32();
    else if (tag === 18) message.role = reader.string();
    else if (tag === 26) message.instanceId = reader.string();
    else if (tag === 34) message.token = reader.string();
    else if (tag === 40) message.credit = reader.uint32();
    else if (tag === 48) message.confirmedThrough = reader.uint53();
    else if (tag === 58) message.epoch = reader.string();
    else if (tag === 66) message.agent = reader.string();
    else if (tag === 74) message.key = reader.bytes();
    else if (tag === 82) message.attachment = reader.bytes();
    else if (tag === 90 || tag === 89) message.working = reader.fixed64s(tag, message.working);
    else if (tag === 98) message.settled = withAdded(message.settled, readSettlement(reader, reader.endOfInner()));
    else if (tag === 104) message.mapRevision = reader.uint53();
    else if (!reader.skip(tag)) break;
  }
  return message;
}

/** Writes a message as a field of another one. */
export function writeRegistration(writer: WireWriter, tag: number, message: Registration): void {
  const about =
    message.role.length +
    message.instanceId.length +
    message.token.length +
    message.epoch.length +
    message.agent.length +
    message.key.length +
    message.attachment.length +
    24;
  const start = writer.begin(tag, about);
  if (message.protocolVersion !== 0) writer.uint32(8, message.protocolVersion);
  if (message.role !== "") writer.string(18, message.role);
  if (message.instanceId !== "") writer.string(26, message.instanceId);
  if (message.token !== "") writer.string(34, message.token);
  if (message.credit !== 0) writer.uint32(40, message.credit);
  if (message.confirmedThrough !== 0) writer.uint53(48, message.confirmedThrough);
  if (message.epoch !== "") writer.string(58, message.epoch);
  if (message.agent !== "") writer.string(66, message.agent);
  if (message.key.length > 0) writer.bytes(74, message.key);
  if (message.attachment.length > 0) writer.bytes(82, message.attachment);
  if (message.working.length > 0) writer.fixed64s(90, message.working);
  for (const each of message.settled) writeSettlement(writer, 98, each);
  if (message.mapRevision !== 0) writer.uint53(104, message.mapRevision);
  writer.end(start, about);
}

/** How many bytes a message takes at most as a field of another one, or as a frame. */
export function roomOfRegistration(message: Registration): number {
  let room = 55 + message.key.length + message.attachment.length;
  room += roomOfText(message.role);
  room += roomOfText(message.instanceId);
  room += roomOfText(message.token);
  room += roomOfText(message.epoch);
  room += roomOfText(message.agent);
  room += 8 * message.working.length;
  for (const each of message.settled) room += roomOfSettlement(each);
  return room;
}
