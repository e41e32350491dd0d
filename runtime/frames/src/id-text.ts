import { Buffer, isUtf8 } from "node:buffer";

/** Longest id, in characters (UTF-16 code units, as everywhere in JavaScript). */
const maxIdCharacters = 255;

/** C0, DEL and C1: what a terminal, a log or a line-framed protocol would take for a command. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const controlCharacter = /[\u0000-\u001f\u007f-\u009f]/;

/**
 * Whether a part of some bytes is an id: 1 to 255 characters of UTF-8 without control characters. Nearly all ids are ASCII, for
 * which no text is made.
 */
export function isIdText(bytes: Uint8Array, start: number, end: number): boolean {
  if (end === start) return false;
  for (let at = start; at < end; at += 1) {
    // Below a space it becomes very large, so that one comparison finds whatever is not printable ASCII.
    if (((bytes[at] as number) - 0x20) >>> 0 > 0x5e) return isWideId(bytes.subarray(start, end));
  }
  return end - start <= maxIdCharacters;
}

function isWideId(bytes: Uint8Array): boolean {
  if (!isUtf8(bytes)) return false;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  return text.length <= maxIdCharacters && !controlCharacter.test(text);
}
