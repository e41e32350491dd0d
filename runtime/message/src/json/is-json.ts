import { isUtf8 } from "node:buffer";

const quote = 0x22;
const comma = 0x2c;
const minus = 0x2d;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const openBrace = 0x7b;
/** A bracket or brace is closed by the character two behind it: `[` 5b, `]` 5d, `{` 7b, `}` 7d. */
const toClosing = 2;

/** Nesting depth up to which nothing is allocated. Real payloads stay far below it. */
const usualDepth = 256;
const usualContainers = new Uint8Array(usualDepth);

/**
 * Whether bytes are exactly one JSON value (RFC 8259) in UTF-8. Builds no values and does not recurse, so that a deeply nested
 * value costs no stack: for messages of others, which are passed on as text. `jsonMistake` says what is wrong, and costs more.
 */
export function isJson(json: Uint8Array): boolean {
  return isUtf8(json) && isOneValue(json);
}

function isOneValue(json: Uint8Array): boolean {
  /** The opening characters of what is open, outermost first. */
  let containers = usualContainers;
  let depth = 0;
  let at = 0;
  for (;;) {
    at = skipSpace(json, at);
    const first = json[at];
    if (first === openBrace || first === openBracket) {
      const inside = skipSpace(json, at + 1);
      if (json[inside] === first + toClosing) at = inside + 1;
      else {
        if (depth === containers.length) containers = grown(containers);
        containers[depth] = first;
        depth += 1;
        at = first === openBrace ? keyEnd(json, inside) : inside;
        if (at < 0) return false;
        continue;
      }
    } else {
      at = first === quote ? stringEnd(json, at + 1) : scalarEnd(json, at);
      if (at < 0) return false;
    }
    // Behind a value: the end, a further value of the same container, or the container's end.
    for (;;) {
      at = skipSpace(json, at);
      if (depth === 0) return at === json.length;
      const container = containers[depth - 1] as number;
      const next = json[at];
      at += 1;
      if (next === comma) {
        if (container === openBrace) at = keyEnd(json, skipSpace(json, at));
        if (at < 0) return false;
        break;
      }
      if (next !== container + toClosing) return false;
      depth -= 1;
    }
  }
}

function grown(containers: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(containers.length * 2);
  larger.set(containers);
  return larger;
}

/** The place behind a key and its colon, or -1. */
function keyEnd(json: Uint8Array, start: number): number {
  const end = json[start] === quote ? stringEnd(json, start + 1) : -1;
  if (end < 0) return -1;
  const at = skipSpace(json, end);
  return json[at] === colon ? at + 1 : -1;
}

/** The place behind a string whose text begins at `start`, or -1. */
function stringEnd(json: Uint8Array, start: number): number {
  let at = start;
  for (;;) {
    const byte = json[at] as number;
    at += 1;
    if (byte === quote) return at;
    if (byte === backslash) {
      at = escapeEnd(json, at);
      if (at < 0) return -1;
      // Not `byte < 0x20`: past the end there is no byte.
    } else if (!(byte >= 0x20)) return -1;
  }
}

/** The place behind an escape whose backslash is before `at`, or -1. */
function escapeEnd(json: Uint8Array, at: number): number {
  switch (json[at]) {
    case 0x22: // "
    case 0x2f: // /
    case 0x5c: // \
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return at + 1;
    case 0x75: // u
      for (let digit = at + 1; digit <= at + 4; digit += 1) if (!isHexDigit(json[digit])) return -1;
      return at + 5;
    default:
      return -1;
  }
}

/** The place behind a number, `true`, `false` or `null`, or -1. */
function scalarEnd(json: Uint8Array, at: number): number {
  switch (json[at]) {
    case 0x74:
      return wordEnd(json, at, "true");
    case 0x66:
      return wordEnd(json, at, "false");
    case 0x6e:
      return wordEnd(json, at, "null");
    default:
      return numberEnd(json, at);
  }
}

function wordEnd(json: Uint8Array, start: number, word: string): number {
  for (let at = 1; at < word.length; at += 1) if (json[start + at] !== word.charCodeAt(at)) return -1;
  return start + word.length;
}

function numberEnd(json: Uint8Array, start: number): number {
  const whole = json[start] === minus ? start + 1 : start;
  let at = json[whole] === 0x30 ? whole + 1 : digitsEnd(json, whole);
  if (at === whole) return -1;
  if (json[at] === 0x2e) {
    const fraction = at + 1;
    at = digitsEnd(json, fraction);
    if (at === fraction) return -1;
  }
  // e or E
  if (((json[at] as number) | 0x20) === 0x65) {
    const sign = json[at + 1];
    const exponent = sign === 0x2b || sign === minus ? at + 2 : at + 1;
    at = digitsEnd(json, exponent);
    if (at === exponent) return -1;
  }
  return at;
}

function digitsEnd(json: Uint8Array, start: number): number {
  let at = start;
  while ((json[at] as number) >= 0x30 && (json[at] as number) <= 0x39) at += 1;
  return at;
}

function isHexDigit(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const lower = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (lower >= 0x61 && lower <= 0x66);
}

/** The place of the first byte from `start` on that is no white space. */
export function skipSpace(json: Uint8Array, start: number): number {
  let at = start;
  for (;;) {
    const byte = json[at] as number;
    if (byte > 0x20 || (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) return at;
    at += 1;
  }
}
