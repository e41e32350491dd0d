/** Bytes of a number as a varint of protobuf. */
export function varintSize(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  return value < 0x1000_0000 ? 4 : 5;
}

/** Bytes of a field with a number, whose tag takes one byte. 0 for 0, which is left out. */
export function numberSize(value: number): number {
  return value === 0 ? 0 : 1 + varintSize(value);
}

/** Bytes of a field with so many bytes, whose tag takes one byte. 0 for none, which is left out. */
export function chunkSize(length: number): number {
  return length === 0 ? 0 : 1 + varintSize(length) + length;
}
