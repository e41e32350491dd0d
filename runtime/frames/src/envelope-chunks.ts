import { Buffer } from "node:buffer";
import { varintSize, writeVarint } from "./varint.ts";

/** No bytes: shared, as most envelopes have neither auth nor trace. */
export const noBytes = Buffer.alloc(0);

/** A tag and a length: of a field of this size, and never more. */
const overheadBytes = 6;

/** Texts up to this length are given room for whatever they may consist of, those beyond are measured. */
const unmeasuredLength = 1024;

/** How many bytes a field takes at most. */
export function roomFor(chunk: Uint8Array | string): number {
  if (typeof chunk !== "string") return overheadBytes + chunk.length;
  return overheadBytes + (chunk.length <= unmeasuredLength ? 3 * chunk.length : Buffer.byteLength(chunk));
}

/** Writes a field of bytes or text, unless it is empty. Returns where it ended. */
export function writeChunk(bytes: Buffer, start: number, tag: number, chunk: Uint8Array | string): number {
  if (chunk.length === 0) return start;
  bytes[start] = tag;
  if (typeof chunk === "string") return writeMeasured(bytes, start + 1, chunk);
  const at = writeVarint(bytes, start + 1, chunk.length);
  bytes.set(chunk, at);
  return at + chunk.length;
}

/** Writes a field that is a number of up to 32 bits, unless it is 0. Returns where it ended. */
export function writeNumber(bytes: Buffer, start: number, tag: number, value: number): number {
  if (value === 0) return start;
  bytes[start] = tag;
  return writeVarint(bytes, start + 1, value);
}

/** The text between two places. UTF-8 it is either way; Node looks a name up, but not its absence. */
export function textIn(bytes: Buffer, start: number, end: number): string {
  return start === end ? "" : bytes.toString(undefined, start, end);
}

/** A view of the bytes between two places. */
export function viewOf(bytes: Buffer, start: number, end: number): Buffer {
  return start === end ? noBytes : bytes.subarray(start, end);
}

/** Whether the bytes between two places are ASCII. */
export function isAscii(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if ((bytes[at] as number) >= 0x80) return false;
  return true;
}

/** A text behind its length, which is known once it is written: nearly always as many bytes as it has characters. */
function writeMeasured(bytes: Buffer, start: number, text: string): number {
  const expected = start + varintSize(text.length);
  const length = bytes.write(text, expected);
  const at = writeVarint(bytes, start, length);
  if (at !== expected) bytes.write(text, at);
  return at + length;
}
