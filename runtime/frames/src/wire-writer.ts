import { Buffer } from "node:buffer";
import { invalidNumber, varintSize, writeVarint, writeWideVarint } from "./varint.ts";

/**
 * Writes the wire format of protobuf for the generated codec (`gen/`), into a buffer that is large enough for all of it. That code
 * leaves out fields that are absent, which most are: the check is in it, and the call is not.
 */
export class WireWriter {
  readonly #bytes: Buffer;
  /** Where the next byte goes. */
  at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  /**
   * Begins a message within a message, of `about` so many bytes: its length, which is known at its end, is given as many bytes as that
   * takes. Returns where its fields begin, for `end`.
   */
  begin(tag: number, about: number): number {
    this.at = writeVarint(this.#bytes, this.at, tag) + varintSize(about);
    return this.at;
  }

  /** Ends what began at `start`. A guess that was wrong costs moving the message, one that was right a pass over its fields less. */
  end(start: number, about: number): void {
    const size = this.at - start;
    const guessed = varintSize(about);
    const needed = varintSize(size);
    if (needed !== guessed) {
      this.#bytes.copyWithin(start + needed - guessed, start, this.at);
      this.at += needed - guessed;
    }
    writeVarint(this.#bytes, start - guessed, size);
  }

  /** A number of up to 32 bits, or a flag. */
  uint32(tag: number, value: number): void {
    this.at = writeVarint(this.#bytes, writeVarint(this.#bytes, this.at, tag), value);
  }

  /** A number of up to 53 bits. Throws if it is none, as the code of ts-proto does. */
  uint53(tag: number, value: number): void {
    this.at = writeWideVarint(this.#bytes, writeVarint(this.#bytes, this.at, tag), value);
  }

  /** A number of up to 53 bits in eight bytes. Throws if it is none, as the code of ts-proto does. */
  fixed64(tag: number, value: number): void {
    this.at = writeVarint(this.#bytes, this.at, tag);
    this.#eightBytes(value);
  }

  /** A number with a fraction. */
  double(tag: number, value: number): void {
    this.at = this.#bytes.writeDoubleLE(value, writeVarint(this.#bytes, this.at, tag));
  }

  /** Bytes. */
  bytes(tag: number, chunk: Uint8Array): void {
    this.uint32(tag, chunk.length);
    this.#bytes.set(chunk, this.at);
    this.at += chunk.length;
  }

  /** A text. */
  string(tag: number, text: string): void {
    this.uint32(tag, Buffer.byteLength(text));
    this.at += this.#bytes.write(text, this.at);
  }

  /** Numbers of up to 32 bits, in a row. */
  uint32s(tag: number, numbers: readonly number[]): void {
    let size = 0;
    for (const number of numbers) size += varintSize(number);
    this.uint32(tag, size);
    for (const number of numbers) this.at = writeVarint(this.#bytes, this.at, number);
  }

  /** Numbers of up to 53 bits, in a row. */
  uint53s(tag: number, numbers: readonly number[]): void {
    const start = this.begin(tag, numbers.length);
    for (const number of numbers) this.at = writeWideVarint(this.#bytes, this.at, number);
    this.end(start, numbers.length);
  }

  /** Numbers of up to 53 bits in eight bytes each, in a row. */
  fixed64s(tag: number, numbers: readonly number[]): void {
    this.uint32(tag, 8 * numbers.length);
    for (const number of numbers) this.#eightBytes(number);
  }

  /** The entries of a map of texts by texts. */
  entries(tag: number, map: Readonly<Record<string, string>>): void {
    for (const [key, value] of Object.entries(map)) {
      const start = this.begin(tag, key.length + value.length);
      if (key !== "") this.string(10, key);
      if (value !== "") this.string(18, value);
      this.end(start, key.length + value.length);
    }
  }

  #eightBytes(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw invalidNumber(value);
    const at = this.#bytes.writeUInt32LE(value >>> 0, this.at);
    this.at = this.#bytes.writeUInt32LE(Math.floor(value / 0x1_0000_0000), at);
  }
}
