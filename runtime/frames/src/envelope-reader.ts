import { Buffer } from "node:buffer";
import { Envelope } from "@exosphere/proto";
import { noBytes, viewOf } from "./envelope-chunks.ts";
import { EnvelopePlaces } from "./gen/envelope.ts";
import { isIdText } from "./id-text.ts";

/** An envelope that came: its fields as text, each made when it is asked for. */
export class EnvelopeReader extends EnvelopePlaces {
  /** Finds places that nobody reads from, so that looking at an envelope makes no garbage. */
  static readonly #checker = new EnvelopeReader(noBytes);

  /** Throws what the code of ts-proto throws if the bytes are not an envelope. */
  static of(bytes: Uint8Array): EnvelopeReader {
    const plain = asBuffer(bytes);
    const reader = new EnvelopeReader(plain);
    if (reader.find(plain)) return reader;
    // Whatever is out of the ordinary is left to ts-proto, and written anew as it is usual.
    const usual = asBuffer(Envelope.encode(Envelope.decode(bytes)).finish());
    const another = new EnvelopeReader(usual);
    another.find(usual);
    return another;
  }

  /** Why bytes are not an envelope whose ids may be shown to anybody, or undefined if they are one. Makes no garbage. */
  static mistakeIn(envelope: Uint8Array): string | undefined {
    const bytes = asBuffer(envelope);
    const checker = EnvelopeReader.#checker;
    // One reader checks many envelopes, and a field may be absent.
    checker.idEnd = checker.idAt;
    checker.responseToEnd = checker.responseToAt;
    if (checker.find(bytes)) return checker.#idMistake(bytes);
    try {
      const reader = EnvelopeReader.of(bytes);
      return reader.#idMistake(reader.bytes);
    } catch {
      return "Its envelope cannot be decoded.";
    }
  }

  /** Whether it replies to a message with this id, as far as that is plain to see. */
  isReplyTo(id: string): boolean {
    return isAsciiText(this.bytes, this.responseToAt, this.responseToEnd, id);
  }

  /** `auth` as bytes, a view. */
  get authBytes(): Uint8Array {
    return viewOf(this.bytes, this.authAt, this.authEnd);
  }

  #idMistake(bytes: Buffer): string | undefined {
    if (!isIdText(bytes, this.idAt, this.idEnd))
      return "Its id is not 1 to 255 characters of UTF-8 without control characters.";
    if (this.responseToAt === this.responseToEnd || isIdText(bytes, this.responseToAt, this.responseToEnd))
      return undefined;
    return "The id that it replies to is not 1 to 255 characters of UTF-8 without control characters.";
  }
}

/**
 * Whether bytes are a text that consists of ASCII alone. Where the text is known already, to compare takes half as long as to make it
 * once more, and leaves no garbage.
 */
export function isAsciiText(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  if (end - start !== text.length) return false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code !== bytes[start + at] || code >= 0x80) return false;
  }
  return true;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
