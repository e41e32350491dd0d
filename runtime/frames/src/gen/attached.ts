// attached.ts: generated from the descriptors of proto/ by tools/wire-codec. Do not edit: run 'npm run proto:generate'.

import { type Attached, emptyBytes, emptyList } from "@exosphere/proto";
import { withAdded } from "../lists.ts";
import type { WireReader } from "../wire-reader.ts";
import { roomOfText } from "../wire-room.ts";
import type { WireWriter } from "../wire-writer.ts";
import { readRefusal, roomOfRefusal, writeRefusal } from "./refusal.ts";

/** Reads a message that ends at `end`. */
export function readAttached(reader: WireReader, end: number): Attached {
  const message: Attached = {
    protocolVersion: 0,
    epoch: "",
    takenThrough: 0,
    refusals: emptyList,
    instance: 0,
    maxPayloadBytes: 0,
    agent: "",
    undecided: emptyList,
    uncertainThrough: 0,
    secret: emptyBytes,
    renewWithinMs: 0,
  };
  while (reader.at < end) {
    const tag = reader.uint32();
    if (tag === 8) message.protocolVersion = reader.uint32();
    else if (tag === 18) message.epoch = reader.string();
    else if (tag === 24) message.takenThrough = reader.uint53();
    else if (tag === 34) message.refusals = withAdded(message.refusals, readRefusal(reader, reader.endOfInner()));
    else if (tag === 40) message.instance = reader.uint32();
    else if (tag === 48) message.maxPayloadBytes = reader.uint32();
    else if (tag === 58) message.agent = reader.string();
    else if (tag === 66 || tag === 64) message.undecided = reader.uint53s(tag, message.undecided);
    else if (tag === 72) message.uncertainThrough = reader.uint53();
    else if (tag === 82) message.secret = reader.bytes();
    else if (tag === 88) message.renewWithinMs = reader.uint53();
    else if (!reader.skip(tag)) break;
  }
  return message;
}

/** Writes a message as a field of another one. */
export function writeAttached(writer: WireWriter, tag: number, message: Attached): void {
  const about = message.epoch.length + message.agent.length + message.secret.length + 24;
  const start = writer.begin(tag, about);
  if (message.protocolVersion !== 0) writer.uint32(8, message.protocolVersion);
  if (message.epoch !== "") writer.string(18, message.epoch);
  if (message.takenThrough !== 0) writer.uint53(24, message.takenThrough);
  for (const each of message.refusals) writeRefusal(writer, 34, each);
  if (message.instance !== 0) writer.uint32(40, message.instance);
  if (message.maxPayloadBytes !== 0) writer.uint32(48, message.maxPayloadBytes);
  if (message.agent !== "") writer.string(58, message.agent);
  if (message.undecided.length > 0) writer.uint53s(66, message.undecided);
  if (message.uncertainThrough !== 0) writer.uint53(72, message.uncertainThrough);
  if (message.secret.length > 0) writer.bytes(82, message.secret);
  if (message.renewWithinMs !== 0) writer.uint53(88, message.renewWithinMs);
  writer.end(start, about);
}

/** How many bytes a message takes at most as a field of another one, or as a frame. */
export function roomOfAttached(message: Attached): number {
  let room = 64 + message.secret.length;
  room += roomOfText(message.epoch);
  for (const each of message.refusals) room += roomOfRefusal(each);
  room += roomOfText(message.agent);
  room += 8 * message.undecided.length;
  return room;
}
