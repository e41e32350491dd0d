// attach-response.ts: generated from the descriptors of proto/ by tools/wire-codec. Do not edit: run 'npm run proto:generate'.

import { type AttachResponse, emptyList } from "@exosphere/proto";
import { maxFrameNumbers, TooManyParts } from "../frame-parts.ts";
import { withAdded } from "../lists.ts";
import type { WireReader } from "../wire-reader.ts";
import type { WireWriter } from "../wire-writer.ts";
import { readAttached, roomOfAttached, writeAttached } from "./attached.ts";
import { readConfirmation, roomOfConfirmation, writeConfirmation } from "./confirmation.ts";
import { readDelivery, roomOfDelivery, writeDelivery } from "./delivery.ts";
import { readMove, roomOfMove, writeMove } from "./move.ts";
import { readPartitionMap, roomOfPartitionMap, writePartitionMap } from "./partition-map.ts";
import { readRefusal, roomOfRefusal, writeRefusal } from "./refusal.ts";
import { readRouteSlice, roomOfRouteSlice, writeRouteSlice } from "./route-slice.ts";
import { readSettledRun, roomOfSettledRun, writeSettledRun } from "./settled-run.ts";
import { readTopology, roomOfTopology, writeTopology } from "./topology.ts";
import { readUndeliverable, roomOfUndeliverable, writeUndeliverable } from "./undeliverable.ts";
import { readWanted, roomOfWanted, writeWanted } from "./wanted.ts";

/** Reads a message that ends at `end`. */
export function readAttachResponse(reader: WireReader, end: number): AttachResponse {
  const message: AttachResponse = {
    attached: undefined,
    routes: undefined,
    confirmations: emptyList,
    refusals: emptyList,
    firstDelivery: 0,
    deliveries: emptyList,
    undeliverables: emptyList,
    topology: undefined,
    move: undefined,
    answered: emptyList,
    unwanted: emptyList,
    settled: emptyList,
    wanted: undefined,
    map: undefined,
    moved: emptyList,
  };
  while (reader.at < end) {
    const tag = reader.uint32();
    if (tag === 10) message.attached = readAttached(reader, reader.endOfPart());
    else if (tag === 18) message.routes = readRouteSlice(reader, reader.endOfPart());
    else if (tag === 26)
      message.confirmations = withAdded(message.confirmations, readConfirmation(reader, reader.endOfPart()));
    else if (tag === 34) message.refusals = withAdded(message.refusals, readRefusal(reader, reader.endOfPart()));
    else if (tag === 40) message.firstDelivery = reader.uint32();
    else if (tag === 50) message.deliveries = withAdded(message.deliveries, readDelivery(reader, reader.endOfPart()));
    else if (tag === 58)
      message.undeliverables = withAdded(message.undeliverables, readUndeliverable(reader, reader.endOfPart()));
    else if (tag === 66) message.topology = readTopology(reader, reader.endOfPart());
    else if (tag === 74) message.move = readMove(reader, reader.endOfPart());
    else if (tag === 82 || tag === 80) message.answered = reader.uint32s(tag, message.answered);
    else if (tag === 90 || tag === 88) message.unwanted = reader.uint32s(tag, message.unwanted);
    else if (tag === 98) message.settled = withAdded(message.settled, readSettledRun(reader, reader.endOfPart()));
    else if (tag === 106) message.wanted = readWanted(reader, reader.endOfPart());
    else if (tag === 114) message.map = readPartitionMap(reader, reader.endOfPart());
    else if (tag === 122 || tag === 120) message.moved = reader.uint53s(tag, message.moved);
    else if (!reader.skip(tag)) break;
  }
  if (message.answered.length + message.unwanted.length + message.moved.length > maxFrameNumbers)
    throw new TooManyParts();
  return message;
}

/** Writes all of a frame. */
export function writeAttachResponse(writer: WireWriter, message: AttachResponse): void {
  if (message.attached !== undefined) writeAttached(writer, 10, message.attached);
  if (message.routes !== undefined) writeRouteSlice(writer, 18, message.routes);
  for (const each of message.confirmations) writeConfirmation(writer, 26, each);
  for (const each of message.refusals) writeRefusal(writer, 34, each);
  if (message.firstDelivery !== 0) writer.uint32(40, message.firstDelivery);
  for (const each of message.deliveries) writeDelivery(writer, 50, each);
  for (const each of message.undeliverables) writeUndeliverable(writer, 58, each);
  if (message.topology !== undefined) writeTopology(writer, 66, message.topology);
  if (message.move !== undefined) writeMove(writer, 74, message.move);
  if (message.answered.length > 0) writer.uint32s(82, message.answered);
  if (message.unwanted.length > 0) writer.uint32s(90, message.unwanted);
  for (const each of message.settled) writeSettledRun(writer, 98, each);
  if (message.wanted !== undefined) writeWanted(writer, 106, message.wanted);
  if (message.map !== undefined) writePartitionMap(writer, 114, message.map);
  if (message.moved.length > 0) writer.uint53s(122, message.moved);
}

/** How many bytes a message takes at most as a field of another one, or as a frame. */
export function roomOfAttachResponse(message: AttachResponse): number {
  let room = 31;
  if (message.attached !== undefined) room += roomOfAttached(message.attached);
  if (message.routes !== undefined) room += roomOfRouteSlice(message.routes);
  room += message.confirmations.length * roomOfConfirmation;
  for (const each of message.refusals) room += roomOfRefusal(each);
  for (const each of message.deliveries) room += roomOfDelivery(each);
  for (const each of message.undeliverables) room += roomOfUndeliverable(each);
  if (message.topology !== undefined) room += roomOfTopology(message.topology);
  if (message.move !== undefined) room += roomOfMove(message.move);
  room += 5 * message.answered.length;
  room += 5 * message.unwanted.length;
  room += message.settled.length * roomOfSettledRun;
  if (message.wanted !== undefined) room += roomOfWanted(message.wanted);
  if (message.map !== undefined) room += roomOfPartitionMap(message.map);
  room += 8 * message.moved.length;
  return room;
}
