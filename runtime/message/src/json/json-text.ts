import { isUtf8 } from "node:buffer";

/** Why bytes are not JSON text (RFC 8259), for people, or undefined if they are. The value itself is thrown away. */
export function jsonMistake(bytes: Uint8Array): string | undefined {
  if (!isUtf8(bytes)) return "it is not UTF-8";
  try {
    JSON.parse(textOf(bytes));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Bytes that are known to be UTF-8, as text. */
export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}
