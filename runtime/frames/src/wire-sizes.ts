import { varintSize } from "./varint.ts";

/** Bytes of a field with a number, whose tag takes one byte. 0 for 0, which is left out. */
export function numberSize(value: number): number {
  return value === 0 ? 0 : 1 + varintSize(value);
}

/** Bytes of a field with so many bytes, whose tag takes one byte. 0 for none, which is left out. */
export function chunkSize(length: number): number {
  return length === 0 ? 0 : 1 + varintSize(length) + length;
}
