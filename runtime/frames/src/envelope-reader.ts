import { Buffer } from "node:buffer";
import { Envelope } from "@exosphere/proto";
import { isIdText } from "./id-text.ts";

const none = Buffer.alloc(0);

/**
 * An envelope of which only the places are known: what is asked for is read. A view of some bytes costs as much as the text
 * that is made of them, and most envelopes have neither auth nor trace.
 */
export class EnvelopeReader {
  readonly #bytes: Buffer;
  #idAt = 0;
  #idEnd = 0;
  #responseToAt = 0;
  #responseToEnd = 0;
  #authAt = 0;
  #authEnd = 0;
  #payloadAt = 0;
  #payloadEnd = 0;
  #traceparentAt = 0;
  #traceparentEnd = 0;
  #tracestateAt = 0;
  #tracestateEnd = 0;

  /** Finds places that nobody reads from, so that looking at an envelope makes no garbage. */
  static readonly #checker = new EnvelopeReader(none);

  private constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Throws what the generated code throws if the bytes are no envelope. */
  static of(bytes: Uint8Array): EnvelopeReader {
    const plain = asBuffer(bytes);
    const reader = new EnvelopeReader(plain);
    if (reader.#find(plain)) return reader;
    // Whatever is out of the ordinary is left to the generated code, and written anew as it is usual.
    const usual = asBuffer(Envelope.encode(Envelope.decode(bytes)).finish());
    const another = new EnvelopeReader(usual);
    another.#find(usual);
    return another;
  }

  /** Why bytes are not an envelope whose ids may be shown to anybody, or undefined if they are one. Makes no garbage. */
  static mistakeIn(envelope: Uint8Array): string | undefined {
    const bytes = asBuffer(envelope);
    if (EnvelopeReader.#checker.#find(bytes)) return EnvelopeReader.#checker.#idMistake(bytes);
    try {
      const reader = EnvelopeReader.of(bytes);
      return reader.#idMistake(reader.#bytes);
    } catch {
      return "Its envelope cannot be decoded.";
    }
  }

  get id(): string {
    return this.#text(this.#idAt, this.#idEnd);
  }

  get responseTo(): string {
    return this.#text(this.#responseToAt, this.#responseToEnd);
  }

  /** Whether it replies to a message with this id, as far as that is plain to see. */
  isReplyTo(id: string): boolean {
    return isAsciiText(this.#bytes, this.#responseToAt, this.#responseToEnd, id);
  }

  /** JSON text, or empty. */
  get payload(): string {
    return this.#text(this.#payloadAt, this.#payloadEnd);
  }

  /** JSON text, or empty. */
  get auth(): string {
    return this.#text(this.#authAt, this.#authEnd);
  }

  /** The same as bytes, a view. */
  get authBytes(): Uint8Array {
    return this.#view(this.#authAt, this.#authEnd);
  }

  get traceparent(): string {
    return this.#text(this.#traceparentAt, this.#traceparentEnd);
  }

  get tracestate(): string {
    return this.#text(this.#tracestateAt, this.#tracestateEnd);
  }

  /** All of it. Its bytes are views. */
  get envelope(): Envelope {
    return {
      id: this.#view(this.#idAt, this.#idEnd),
      responseTo: this.#view(this.#responseToAt, this.#responseToEnd),
      auth: this.authBytes,
      payload: this.#view(this.#payloadAt, this.#payloadEnd),
      traceparent: this.traceparent,
      tracestate: this.tracestate,
    };
  }

  #idMistake(bytes: Buffer): string | undefined {
    if (!isIdText(bytes, this.#idAt, this.#idEnd))
      return "Its id is not 1 to 255 characters of UTF-8 without control characters.";
    if (this.#responseToAt === this.#responseToEnd || isIdText(bytes, this.#responseToAt, this.#responseToEnd))
      return undefined;
    return "The id that it replies to is not 1 to 255 characters of UTF-8 without control characters.";
  }

  /**
   * Finds the places. False if the bytes are anything else than known fields that are complete, with a trace in ASCII: they may be
   * an envelope nevertheless, or none.
   */
  #find(bytes: Buffer): boolean {
    const end = bytes.length;
    let isPlain = true;
    let at = 0;
    // One reader checks many envelopes, and a field may be absent.
    this.#idEnd = this.#idAt;
    this.#responseToEnd = this.#responseToAt;
    while (at < end) {
      const tag = bytes[at++] as number;
      let length = 0;
      let byte = 0x80;
      for (let shift = 0; byte >= 0x80; shift += 7) {
        // Longer than any frame: 2^28.
        if (at >= end || shift > 21) return false;
        byte = bytes[at++] as number;
        length |= (byte & 0x7f) << shift;
      }
      const start = at;
      at += length;
      if (at > end || !this.#place(tag, start, at)) return false;
      // The trace, which is text in the contract too.
      if (tag >= 42) isPlain &&= isAscii(bytes, start, at);
    }
    return isPlain;
  }

  /** Remembers where a field is. Tags of bytes, 1 to 4, and of text, 5 and 6: with a length before it, wire type 2. */
  #place(tag: number, start: number, end: number): boolean {
    if (tag === 10) {
      this.#idAt = start;
      this.#idEnd = end;
    } else if (tag === 18) {
      this.#responseToAt = start;
      this.#responseToEnd = end;
    } else if (tag === 34) {
      this.#payloadAt = start;
      this.#payloadEnd = end;
    } else if (tag === 26) {
      this.#authAt = start;
      this.#authEnd = end;
    } else if (tag === 42) {
      this.#traceparentAt = start;
      this.#traceparentEnd = end;
    } else if (tag === 50) {
      this.#tracestateAt = start;
      this.#tracestateEnd = end;
    } else return false;
    return true;
  }

  #text(start: number, end: number): string {
    // UTF-8 it is either way; Node looks a name up, but not its absence.
    return start === end ? "" : this.#bytes.toString(undefined, start, end);
  }

  #view(start: number, end: number): Buffer {
    return start === end ? none : this.#bytes.subarray(start, end);
  }
}

function isAscii(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if ((bytes[at] as number) >= 0x80) return false;
  return true;
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
