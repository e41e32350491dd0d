// instance-topology.ts: generated from the descriptors of proto/ by tools/wire-codec. Do not edit: run 'npm run proto:generate'.

import type { InstanceTopology } from "@exosphere/proto";
import type { WireReader } from "../wire-reader.ts";
import { roomOfText } from "../wire-room.ts";
import type { WireWriter } from "../wire-writer.ts";

/** Reads a message that ends at `end`. */
export function readInstanceTopology(reader: WireReader, end: number): InstanceTopology {
  const message: InstanceTopology = { instanceId: "", agent: "", credit: 0, inFlight: 0, attachedMs: 0 };
  while (reader.at < end) {
    const tag = reader.uint32();
    if (tag === 10) message.instanceId = reader.string();
    else if (tag === 18) message.agent = reader.string();
    else if (tag === 24) message.credit = reader.uint32();
    else if (tag === 32) message.inFlight = reader.uint32();
    else if (tag === 40) message.attachedMs = reader.uint53();
    else if (!reader.skip(tag)) break;
  }
  return message;
}

/** Writes a message as a field of another one. */
export function writeInstanceTopology(writer: WireWriter, tag: number, message: InstanceTopology): void {
  const about = message.instanceId.length + message.agent.length + 24;
  const start = writer.begin(tag, about);
  if (message.instanceId !== "") writer.string(10, message.instanceId);
  if (message.agent !== "") writer.string(18, message.agent);
  if (message.credit !== 0) writer.uint32(24, message.credit);
  if (message.inFlight !== 0) writer.uint32(32, message.inFlight);
  if (message.attachedMs !== 0) writer.uint53(40, message.attachedMs);
  writer.end(start, about);
}

/** How many bytes a message takes at most as a field of another one, or as a frame. */
export function roomOfInstanceTopology(message: InstanceTopology): number {
  let room = 28;
  room += roomOfText(message.instanceId);
  room += roomOfText(message.agent);
  return room;
}
