import { Buffer } from "node:buffer";
import { skipSpace } from "./is-json.ts";

/**
 * Takes JSON text apart without reading it: values keep their exact bytes, so that a 64-bit integer, the order of keys and
 * the spelling of a string survive. For text that is known to be valid (`jsonMistake`); what it finds in other text is
 * undefined.
 */

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const comma = 0x2c;
const colon = 0x3a;

/** The members of an object, by key, each the exact bytes of its value. Undefined if it is not an object. The last of equal keys counts. */
export function rawMembers(json: Uint8Array): Map<string, Uint8Array> | undefined {
  let at = skipSpace(json, 0);
  if (json[at] !== openBrace) return undefined;
  const members = new Map<string, Uint8Array>();
  at = skipSpace(json, at + 1);
  while (at < json.length && json[at] !== closeBrace) {
    const keyEnd = skipValue(json, at);
    const key = keyAt(json, at, keyEnd);
    at = skipSpace(json, keyEnd);
    at = skipSpace(json, json[at] === colon ? at + 1 : at);
    const valueEnd = skipValue(json, at);
    members.set(key, json.subarray(at, valueEnd));
    at = skipSeparator(json, valueEnd);
  }
  return members;
}

/** The elements of an array, each its exact bytes. Undefined if it is not an array. */
export function rawElements(json: Uint8Array): Uint8Array[] | undefined {
  let at = skipSpace(json, 0);
  if (json[at] !== openBracket) return undefined;
  const elements: Uint8Array[] = [];
  at = skipSpace(json, at + 1);
  while (at < json.length && json[at] !== closeBracket) {
    const end = skipValue(json, at);
    elements.push(json.subarray(at, end));
    at = skipSeparator(json, end);
  }
  return elements;
}

/** The key between two places. One without escapes, as nearly all are, is its own text. */
function keyAt(json: Uint8Array, start: number, end: number): string {
  const bytes = Buffer.isBuffer(json) ? json : Buffer.from(json.buffer, json.byteOffset, json.byteLength);
  for (let at = start; at < end; at += 1)
    if (json[at] === backslash) return JSON.parse(bytes.toString("utf8", start, end)) as string;
  return bytes.toString("utf8", start + 1, end - 1);
}

function skipSeparator(json: Uint8Array, start: number): number {
  const at = skipSpace(json, start);
  return json[at] === comma ? skipSpace(json, at + 1) : at;
}

/** Where the value that starts at `start` ends. Always further on, whatever is there. */
function skipValue(json: Uint8Array, start: number): number {
  const first = json[start];
  if (first === quote) return skipString(json, start);
  if (first === openBrace || first === openBracket) return skipNested(json, start);
  let at = start + 1;
  while (at < json.length && !endsScalar(json[at])) at += 1;
  return at;
}

/** Whether a byte is white space or what stands behind a value. */
function endsScalar(byte: number | undefined): boolean {
  if (byte === comma || byte === colon || byte === closeBrace || byte === closeBracket) return true;
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function skipString(json: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== quote) at += json[at] === backslash ? 2 : 1;
  return Math.min(at + 1, json.length);
}

function skipNested(json: Uint8Array, start: number): number {
  let depth = 0;
  let at = start;
  while (at < json.length) {
    const byte = json[at];
    if (byte === quote) {
      at = skipString(json, at);
      continue;
    }
    if (byte === openBrace || byte === openBracket) depth += 1;
    else if (byte === closeBrace || byte === closeBracket) depth -= 1;
    at += 1;
    if (depth === 0) break;
  }
  return at;
}
