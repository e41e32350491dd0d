// translation.ts: generated from the descriptors of proto/ by tools/wire-codec. Do not edit: run 'npm run proto:generate'.

import type { Translation } from "@exosphere/proto";
import type { WireReader } from "../wire-reader.ts";
import { roomOfText } from "../wire-room.ts";
import type { WireWriter } from "../wire-writer.ts";

/** Reads a message that ends at `end`. */
export function readTranslation(reader: WireReader, end: number): Translation {
  const message: Translation = { public: "", internal: "" };
  while (reader.at < end) {
    const tag = reader.uint32();
    if (tag === 10) message.public = reader.string();
    else if (tag === 18) message.internal = reader.string();
    else if (!reader.skip(tag)) break;
  }
  return message;
}

/** Writes a message as a field of another one. */
export function writeTranslation(writer: WireWriter, tag: number, message: Translation): void {
  const about = message.public.length + message.internal.length + 24;
  const start = writer.begin(tag, about);
  if (message.public !== "") writer.string(10, message.public);
  if (message.internal !== "") writer.string(18, message.internal);
  writer.end(start, about);
}

/** How many bytes a message takes at most as a field of another one, or as a frame. */
export function roomOfTranslation(message: Translation): number {
  let room = 7;
  room += roomOfText(message.public);
  room += roomOfText(message.internal);
  return room;
}
