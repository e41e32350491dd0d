import { Buffer } from "node:buffer";
import { varintSize, writeVarint } from "./varint.ts";

const fraction = new Float64Array(1);
const halves = new Uint32Array(fraction.buffer);
const eightBytes = new Uint8Array(fraction.buffer);

/** Writes the wire format of protobuf for the generated codec (`gen/`), into a buffer that is large enough for all of it. */
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
    this.#tag(tag);
    this.at += varintSize(about);
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

  /** A number of up to 32 bits. */
  uint32(tag: number, value: number): void {
    if (value !== 0) this.#uint32(tag, value);
  }

  /** A number of up to 53 bits. Throws if it is none, as the code of ts-proto does. */
  uint53(tag: number, value: number): void {
    if (value !== 0) this.#uint53(tag, value);
  }

  /** A number of up to 53 bits in eight bytes. Throws if it is none, as the code of ts-proto does. */
  fixed64(tag: number, value: number): void {
    if (value !== 0) this.#fixed64(tag, value);
  }

  /** A flag. */
  bool(tag: number, value: boolean): void {
    if (value) this.#uint32(tag, 1);
  }

  /** A number with a fraction. */
  double(tag: number, value: number): void {
    if (value !== 0) this.#double(tag, value);
  }

  /** Bytes. */
  bytes(tag: number, chunk: Uint8Array): void {
    if (chunk.length > 0) this.#chunk(tag, chunk);
  }

  /** A text. */
  string(tag: number, text: string): void {
    if (text.length > 0) this.#text(tag, text);
  }

  /** Texts, also empty ones, each behind the tag. */
  strings(tag: number, texts: readonly string[]): void {
    for (const text of texts) this.#text(tag, text);
  }

  /** Numbers of up to 32 bits, in a row. */
  uint32s(tag: number, numbers: readonly number[]): void {
    if (numbers.length > 0) this.#uint32s(tag, numbers);
  }

  /** Numbers of up to 53 bits, in a row. */
  uint53s(tag: number, numbers: readonly number[]): void {
    if (numbers.length === 0) return;
    const start = this.begin(tag, numbers.length);
    for (const number of numbers) this.#longVarint(number);
    this.end(start, numbers.length);
  }

  /** Numbers of up to 53 bits in eight bytes each, in a row. */
  fixed64s(tag: number, numbers: readonly number[]): void {
    if (numbers.length > 0) this.#fixed64s(tag, numbers);
  }

  /** The entries of a map of texts by texts. */
  entries(tag: number, map: Readonly<Record<string, string>>): void {
    for (const [key, value] of Object.entries(map)) {
      const start = this.begin(tag, key.length + value.length);
      this.string(10, key);
      this.string(18, value);
      this.end(start, key.length + value.length);
    }
  }

  // What is in private methods is what most fields of a message do not need: so the checks alone are compiled into the generated code.

  #uint32(tag: number, value: number): void {
    const bytes = this.#bytes;
    let { at } = this;
    if (tag >= 0x80) {
      bytes[at++] = (tag & 0x7f) | 0x80;
      bytes[at++] = tag >>> 7;
    } else bytes[at++] = tag;
    let rest = value;
    while (rest > 0x7f) {
      bytes[at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    bytes[at++] = rest;
    this.at = at;
  }

  #uint32s(tag: number, numbers: readonly number[]): void {
    const bytes = this.#bytes;
    let size = 0;
    for (const number of numbers) size += varintSize(number);
    this.#uint32(tag, size);
    let { at } = this;
    for (const number of numbers) at = writeVarint(bytes, at, number);
    this.at = at;
  }

  #uint53(tag: number, value: number): void {
    this.#tag(tag);
    this.#longVarint(value);
  }

  #fixed64(tag: number, value: number): void {
    this.#tag(tag);
    this.#eightBytes(value);
  }

  #fixed64s(tag: number, numbers: readonly number[]): void {
    this.#uint32(tag, 8 * numbers.length);
    for (const number of numbers) this.#eightBytes(number);
  }

  #double(tag: number, value: number): void {
    this.#tag(tag);
    fraction[0] = value;
    this.#copyEight();
  }

  #chunk(tag: number, chunk: Uint8Array): void {
    this.#uint32(tag, chunk.length);
    this.#bytes.set(chunk, this.at);
    this.at += chunk.length;
  }

  #tag(tag: number): void {
    if (tag >= 0x80) {
      this.#bytes[this.at++] = (tag & 0x7f) | 0x80;
      this.#bytes[this.at++] = tag >>> 7;
    } else this.#bytes[this.at++] = tag;
  }

  #text(tag: number, text: string): void {
    this.#tag(tag);
    this.#varint(Buffer.byteLength(text));
    this.at += this.#bytes.write(text, this.at);
  }

  #varint(value: number): void {
    this.at = writeVarint(this.#bytes, this.at, value);
  }

  #longVarint(value: number): void {
    checkNumber(value);
    let rest = value;
    for (; rest > 0x7fff_ffff; rest = Math.floor(rest / 0x80)) this.#bytes[this.at++] = (rest % 0x80) | 0x80;
    this.#varint(rest);
  }

  #eightBytes(value: number): void {
    checkNumber(value);
    halves[0] = value >>> 0;
    halves[1] = Math.floor(value / 0x1_0000_0000);
    this.#copyEight();
  }

  #copyEight(): void {
    const bytes = this.#bytes;
    const { at } = this;
    for (let each = 0; each < 8; each += 1) bytes[at + each] = eightBytes[each] as number;
    this.at = at + 8;
  }
}

function checkNumber(value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`A number of the contract cannot be ${value}.`);
}
