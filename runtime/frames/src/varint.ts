/** Bytes of a number of up to 32 bits as a varint of protobuf. */
export function varintSize(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  return value < 0x1000_0000 ? 4 : 5;
}

/** Writes a number of up to 32 bits as a varint. Returns where it ended. */
export function writeVarint(bytes: Uint8Array, start: number, value: number): number {
  let at = start;
  let rest = value;
  while (rest > 0x7f) {
    bytes[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[at++] = rest;
  return at;
}

/** Writes a number of up to 53 bits as a varint. Returns where it ended. Throws a RangeError for any other number. */
export function writeWideVarint(bytes: Uint8Array, start: number, value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw invalidNumber(value);
  let at = start;
  let rest = value;
  for (; rest > 0x7fff_ffff; rest = Math.floor(rest / 0x80)) bytes[at++] = (rest % 0x80) | 0x80;
  return writeVarint(bytes, at, rest);
}

/** The error for a value that is not a whole number of up to 53 bits. */
export function invalidNumber(value: number): RangeError {
  return new RangeError(`A number of the contract cannot be ${value}.`);
}
