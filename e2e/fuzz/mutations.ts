import { Buffer } from "node:buffer";
import type { Random } from "./random.ts";

/** Numbers around which code goes wrong: ends of ranges, and what is beyond them. */
const oddNumbers: readonly bigint[] = [
  0n,
  1n,
  0x7fn,
  0x80n,
  0x3fffn,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_fffen,
  0xffff_ffffn,
  0x1_0000_0000n,
  2n ** 53n - 2n,
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 1n,
];

/** Pieces of JSON around which code goes wrong. */
const oddTexts: readonly string[] = [
  "null",
  "{}",
  "[]",
  '""',
  "-0",
  "1e400",
  "9007199254740993",
  '"\\ud800"',
  '"\\u0000"',
  '"__proto__"',
  '{"__proto__":{}}',
  '{"toString":1}',
  '"x\\n\\r"',
  `"${"x".repeat(256)}"`,
  `"${"é".repeat(255)}"`,
  `${"[".repeat(2000)}${"]".repeat(2000)}`,
  "-1",
  "true",
  '"1e3s"',
  ',"name":"told"',
  "\u2028",
  "\ufeff",
];

/** Changes bytes without knowing what they mean. */
export function mutatedBytes(random: Random, bytes: Buffer, others: readonly Buffer[]): Buffer {
  let changed = Buffer.from(bytes);
  for (let times = 1 + random.below(4); times > 0; times -= 1) {
    const at = random.below(changed.length + 1);
    const to = Math.min(changed.length, at + 1 + random.below(1 << random.below(8)));
    switch (random.below(6)) {
      case 0:
        if (at < changed.length) changed[at] = (changed[at] as number) ^ (1 << random.below(8));
        break;
      case 1:
        if (at < changed.length) changed[at] = random.of([0, 0x7f, 0x80, 0xff, 0x0a, 0x22, random.below(256)]);
        break;
      case 2:
        changed = Buffer.concat([changed.subarray(0, at), changed.subarray(to)]);
        break;
      case 3:
        changed = Buffer.concat([changed.subarray(0, to), changed.subarray(at)]);
        break;
      case 4: {
        const other = random.of(others);
        const from = random.below(other.length + 1);
        changed = Buffer.concat([changed.subarray(0, at), other.subarray(from), changed.subarray(to)]);
        break;
      }
      default:
        changed = changed.subarray(0, at);
    }
  }
  // What doubles again and again must not grow without end.
  return changed.subarray(0, 256 * 1024);
}

/** Changes text, most of all values of JSON. */
export function mutatedText(random: Random, text: string, others: readonly string[]): string {
  if (random.once(4))
    return mutatedBytes(
      random,
      Buffer.from(text),
      others.map((other) => Buffer.from(other)),
    ).toString("latin1");
  const tokens = text.split(/([{}[\]:,]|"(?:[^"\\]|\\.)*")/).filter((token) => token !== "");
  for (let times = 1 + random.below(3); times > 0; times -= 1) {
    const at = random.below(tokens.length + 1);
    const kind = random.below(5);
    if (kind === 0) tokens.splice(at, 1, random.of(oddTexts));
    else if (kind === 1) tokens.splice(at, 0, random.of(oddTexts));
    else if (kind === 2) tokens.splice(at, 1);
    else if (kind === 3) tokens.splice(at, 0, ...tokens.slice(at, at + 1 + random.below(6)));
    else tokens.splice(at, 1, random.of(others));
  }
  return tokens.join("").slice(0, 256 * 1024);
}

/** A field of the wire format of protobuf: its tag and its value, or undefined behind the last one. */
interface WireField {
  readonly tag: bigint;
  readonly start: number;
  readonly valueAt: number;
  readonly end: number;
}

/** Changes protobuf by its fields: numbers, order, repetition, and what is nested. Falls back on bytes where that is none. */
export function mutatedWire(random: Random, bytes: Buffer, others: readonly Buffer[], depth = 0): Buffer {
  const fields = fieldsOf(bytes);
  if (fields === undefined || fields.length === 0 || random.once(12)) return mutatedBytes(random, bytes, others);
  const field = random.of(fields);
  const before = bytes.subarray(0, field.start);
  const whole = bytes.subarray(field.start, field.end);
  const after = bytes.subarray(field.end);
  const value = bytes.subarray(field.valueAt, field.end);
  const type = Number(field.tag & 7n);
  switch (random.below(8)) {
    case 0:
      return Buffer.concat([before, after]);
    case 1:
      return Buffer.concat([
        before,
        ...Array.from({ length: 1 + random.below(1 << random.below(12)) }, () => whole),
        after,
      ]).subarray(0, 256 * 1024);
    case 2:
      return Buffer.concat([whole, before, after]);
    case 3:
      return Buffer.concat([
        before,
        varint((BigInt(1 + random.below(16)) << 3n) | BigInt(random.of([0, 0, 1, 2, 2, 5]))),
        value,
        after,
      ]);
    default:
  }
  if (type === 0) return Buffer.concat([before, varint(field.tag), varint(random.of(oddNumbers)), after]);
  if (type === 1) {
    const odd = Buffer.alloc(8);
    odd.writeDoubleLE(random.of([0, -0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e308, 0.5]));
    return Buffer.concat([before, varint(field.tag), odd, after]);
  }
  const content = value.subarray(lengthEnd(value));
  const inner =
    depth < 4
      ? mutatedWire(random, Buffer.from(content), others, depth + 1)
      : mutatedBytes(random, Buffer.from(content), others);
  return Buffer.concat([before, varint(field.tag), varint(BigInt(inner.length)), inner, after]);
}

/** The fields of a message. Undefined: the bytes are none. */
function fieldsOf(bytes: Buffer): WireField[] | undefined {
  const fields: WireField[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = readVarint(bytes, at);
    if (!tag) return undefined;
    const end = valueEnd(bytes, tag.end, Number(tag.value & 7n));
    if (end === undefined || end > bytes.length) return undefined;
    fields.push({ tag: tag.value, start: at, valueAt: tag.end, end });
    at = end;
  }
  return fields;
}

function valueEnd(bytes: Buffer, at: number, type: number): number | undefined {
  if (type === 1) return at + 8;
  if (type === 5) return at + 4;
  const number = type === 0 || type === 2 ? readVarint(bytes, at) : undefined;
  if (!number) return undefined;
  return type === 0 ? number.end : number.end + Number(number.value);
}

function lengthEnd(value: Buffer): number {
  return readVarint(value, 0)?.end ?? value.length;
}

function readVarint(bytes: Buffer, start: number): { readonly value: bigint; readonly end: number } | undefined {
  let value = 0n;
  for (let at = start; at < bytes.length && at < start + 10; at += 1) {
    const byte = bytes[at] as number;
    value |= BigInt(byte & 0x7f) << BigInt(7 * (at - start));
    if (byte < 0x80) return { value, end: at + 1 };
  }
  return undefined;
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}
