// attach-request.ts: generated from the descriptors of proto/ by tools/wire-codec. Do not edit: run 'npm run proto:generate'.

import { type AttachRequest, emptyList } from "@exosphere/proto";
import { maxFrameNumbers, TooManyParts } from "../frame-parts.ts";
import { withAdded } from "../lists.ts";
import type { WireReader } from "../wire-reader.ts";
import type { WireWriter } from "../wire-writer.ts";
import { readCredit, roomOfCredit, writeCredit } from "./credit.ts";
import { readLeave, writeLeave } from "./leave.ts";
import { readPublish, roomOfPublish, writePublish } from "./publish.ts";
import { readRegistration, roomOfRegistration, writeRegistration } from "./registration.ts";
import { readSettlement, roomOfSettlement, writeSettlement } from "./settlement.ts";
import { readTopologyQuery, writeTopologyQuery } from "./topology-query.ts";

/** Reads a message that ends at `end`. */
export function readAttachRequest(reader: WireReader, end: number): AttachRequest {
  const message: AttachRequest = {
    registration: undefined,
    credit: undefined,
    done: emptyList,
    settlements: emptyList,
    abandoned: emptyList,
    firstSequence: 0,
    publishes: emptyList,
    topologyQuery: undefined,
    leave: undefined,
  };
  while (reader.at < end) {
    const tag = reader.uint32();
    if (tag === 10) message.registration = readRegistration(reader, reader.endOfPart());
    else if (tag === 18) message.credit = readCredit(reader, reader.endOfPart());
    else if (tag === 26 || tag === 24) message.done = reader.uint32s(tag, message.done);
    else if (tag === 34)
      message.settlements = withAdded(message.settlements, readSettlement(reader, reader.endOfPart()));
    else if (tag === 42 || tag === 40) message.abandoned = reader.uint32s(tag, message.abandoned);
    else if (tag === 48) message.firstSequence = reader.uint53();
    else if (tag === 58) message.publishes = withAdded(message.publishes, readPublish(reader, reader.endOfPart()));
    else if (tag === 66) message.topologyQuery = readTopologyQuery(reader, reader.endOfPart());
    else if (tag === 74) message.leave = readLeave(reader, reader.endOfPart());
    else if (!reader.skip(tag)) break;
  }
  if (message.done.length + message.abandoned.length > maxFrameNumbers) throw new TooManyParts();
  return message;
}

/** Writes all of a frame. */
export function writeAttachRequest(writer: WireWriter, message: AttachRequest): void {
  if (message.registration !== undefined) writeRegistration(writer, 10, message.registration);
  if (message.credit !== undefined) writeCredit(writer, 18, message.credit);
  if (message.done.length > 0) writer.uint32s(26, message.done);
  for (const each of message.settlements) writeSettlement(writer, 34, each);
  if (message.abandoned.length > 0) writer.uint32s(42, message.abandoned);
  if (message.firstSequence !== 0) writer.uint53(48, message.firstSequence);
  for (const each of message.publishes) writePublish(writer, 58, each);
  if (message.topologyQuery !== undefined) writeTopologyQuery(writer, 66, message.topologyQuery);
  if (message.leave !== undefined) writeLeave(writer, 74, message.leave);
}

/** How many bytes a message takes at most as a field of another one, or as a frame. */
export function roomOfAttachRequest(message: AttachRequest): number {
  let room = 42;
  if (message.registration !== undefined) room += roomOfRegistration(message.registration);
  if (message.credit !== undefined) room += roomOfCredit(message.credit);
  room += 5 * message.done.length;
  for (const each of message.settlements) room += roomOfSettlement(each);
  room += 5 * message.abandoned.length;
  for (const each of message.publishes) room += roomOfPublish(each);
  return room;
}
