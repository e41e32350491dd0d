/**
 * The Distinguished Encoding Rules of ASN.1 (ITU-T X.690), as far as a certificate needs them. Each function returns one value with
 * its tag and length.
 */
export const der = {
  sequence: (...values: readonly Buffer[]): Buffer => tagged(0x30, ...values),
  set: (...values: readonly Buffer[]): Buffer => tagged(0x31, ...values),
  boolean: (value: boolean): Buffer => tagged(0x01, Buffer.from([value ? 0xff : 0])),
  /** A positive number, the most significant byte first. */
  integer: (bytes: Buffer): Buffer => tagged(0x02, unsigned(bytes)),
  octets: (bytes: Buffer): Buffer => tagged(0x04, bytes),
  /** Bits whose number is a multiple of 8, or less by `unused`. */
  bits: (bytes: Buffer, unused = 0): Buffer => tagged(0x03, Buffer.from([unused]), bytes),
  text: (text: string): Buffer => tagged(0x0c, Buffer.from(text, "utf8")),
  /** An object identifier: "2.5.29.17". */
  oid: (dotted: string): Buffer => tagged(0x06, arcs(dotted)),
  /** A time in seconds, as certificates write it: with two digits of the year until 2049 (RFC 5280, section 4.1.2.5). */
  time: (date: Date): Buffer => timeOf(date),
  /** A value with a tag of its context, which says what it is: constructed of values, or primitive. */
  context: (number: number, ...values: readonly Buffer[]): Buffer => tagged(0xa0 | number, ...values),
  primitive: (number: number, bytes: Buffer): Buffer => tagged(0x80 | number, bytes),
} as const;

function tagged(tag: number, ...values: readonly Buffer[]): Buffer {
  const content = Buffer.concat(values);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes = base256(length);
  return Buffer.from([0x80 | bytes.length, ...bytes]);
}

function base256(number: number): number[] {
  return number === 0 ? [] : [...base256(Math.floor(number / 256)), number % 256];
}

/** Without leading zeros, but for one where the first bit would make it negative. */
function unsigned(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const shortest = first === -1 ? Buffer.from([0]) : bytes.subarray(first);
  return (shortest[0] as number) >= 0x80 ? Buffer.concat([Buffer.from([0]), shortest]) : shortest;
}

function arcs(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return Buffer.from([first * 40 + second, ...rest].flatMap(base128));
}

/** Seven bits a byte; all but the last have the eighth set. */
function base128(number: number): number[] {
  const digits = [number % 128];
  for (let rest = Math.floor(number / 128); rest > 0; rest = Math.floor(rest / 128))
    digits.unshift(0x80 | (rest % 128));
  return digits;
}

function timeOf(date: Date): Buffer {
  const digits = date.toISOString().replace(/\.\d+|[-:T]/g, "");
  return date.getUTCFullYear() < 2050 ? tagged(0x17, Buffer.from(digits.slice(2))) : tagged(0x18, Buffer.from(digits));
}
