import { Buffer } from "node:buffer";
import type { AttachRequest, AttachResponse } from "@exosphere/proto";
import { maxFrameMessages } from "./frame-parts.ts";
import { readAttachRequest, roomOfAttachRequest, writeAttachRequest } from "./gen/attach-request.ts";
import { readAttachResponse, roomOfAttachResponse, writeAttachResponse } from "./gen/attach-response.ts";
import { lentBuffer } from "./shared-buffer.ts";
import { WireReader } from "./wire-reader.ts";
import { WireWriter } from "./wire-writer.ts";

/** A frame of an instance as bytes: a copy of what is lent, which Node cuts from a shared slab if it is small. */
export function encodeRequest(frame: AttachRequest): Buffer {
  return Buffer.from(lendRequest(frame, 0));
}

/** A frame of an instance as bytes behind `reserved` ones that are left free, and lent: see shared-buffer.ts. */
export function lendRequest(frame: AttachRequest, reserved: number): Buffer {
  const bytes = lentBuffer(reserved + roomOfAttachRequest(frame));
  const writer = new WireWriter(bytes, reserved);
  writeAttachRequest(writer, frame);
  return bytes.subarray(0, writer.at);
}

/** A frame of a broker as bytes. */
export function encodeResponse(frame: AttachResponse): Buffer {
  return Buffer.from(lendResponse(frame, 0));
}

/** A frame of a broker as bytes behind `reserved` ones that are left free, and lent: see shared-buffer.ts. */
export function lendResponse(frame: AttachResponse, reserved: number): Buffer {
  const bytes = lentBuffer(reserved + roomOfAttachResponse(frame));
  const writer = new WireWriter(bytes, reserved);
  writeAttachResponse(writer, frame);
  return bytes.subarray(0, writer.at);
}

/**
 * What an instance sent. Its bytes are views. Throws TooManyParts, also if there are too many messages within its parts, and a
 * RangeError if the bytes are not a frame.
 */
export function decodeRequest(bytes: Buffer): AttachRequest {
  return readAttachRequest(new WireReader(bytes, maxFrameMessages), bytes.length);
}

/** What a broker sent. Its bytes are views. Throws TooManyParts, and a RangeError if the bytes are not a frame. */
export function decodeResponse(bytes: Buffer): AttachResponse {
  // A topology has as many messages in it as the application has instances, routes as many as a role has names.
  return readAttachResponse(new WireReader(bytes, Number.POSITIVE_INFINITY), bytes.length);
}
