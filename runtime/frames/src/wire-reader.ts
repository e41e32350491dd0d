import { Buffer } from "node:buffer";
import { maxFrameMessages, maxFrameNumbers, TooManyParts } from "./frame-parts.ts";
import { grown } from "./lists.ts";

/** Groups within groups that are skipped. Only fields of a later contract could be groups at all. */
const maxGroupDepth = 100;

/**
 * The class whose objects buffers are: `Buffer[Symbol.species]`, which typed arrays make of what is cut from them. Made directly, a view
 * takes half the time of `subarray`, and there are two for each message.
 */
const View = (Buffer as unknown as { readonly [Symbol.species]: BufferView })[Symbol.species];

type BufferView = new (memory: ArrayBufferLike, at: number, length: number) => Buffer;

/** Bytes of the longest varint. */
const longestVarint = 10;

/**
 * Reads the wire format of protobuf for the generated codec (`gen/`). It takes whatever the code of ts-proto takes and throws where that
 * throws, but counts the parts of a frame as it reads them, and makes views instead of copies.
 */
export class WireReader {
  readonly #bytes: Buffer;
  readonly #memory: ArrayBufferLike;
  readonly #offset: number;
  readonly #mostInner: number;
  /** Where the next byte is. */
  at = 0;
  #parts = 0;
  #inner = 0;

  /** `mostInner`: how many messages the parts of the frame may have in them, all together. */
  constructor(bytes: Buffer, mostInner: number) {
    this.#bytes = bytes;
    this.#memory = bytes.buffer;
    this.#offset = bytes.byteOffset;
    this.#mostInner = mostInner;
  }

  /** Where the bytes end. */
  get end(): number {
    return this.#bytes.length;
  }

  /** A varint of which the lowest 32 bits count. */
  uint32(): number {
    const byte = this.#bytes[this.at] as number;
    if (!(byte < 0x80)) return this.#longUint32();
    this.at += 1;
    return byte;
  }

  /** A varint of up to 53 bits. */
  uint53(): number {
    const byte = this.#bytes[this.at] as number;
    if (!(byte < 0x80)) return this.#longUint53();
    this.at += 1;
    return byte;
  }

  /** A flag. */
  bool(): boolean {
    const byte = this.#bytes[this.at] as number;
    if (!(byte < 0x80)) return this.#longBool();
    this.at += 1;
    return byte !== 0;
  }

  /** Eight bytes with a fraction. */
  double(): number {
    this.#advance(8);
    return this.#bytes.readDoubleLE(this.at - 8);
  }

  /** Eight bytes with a number of up to 53 bits. */
  fixed64(): number {
    this.#advance(8);
    const high = this.#bytes.readUInt32LE(this.at - 4);
    if (high > 0x1f_ffff) throw malformed();
    return high * 0x1_0000_0000 + this.#bytes.readUInt32LE(this.at - 8);
  }

  /** Bytes, as a view. */
  bytes(): Buffer {
    const length = this.uint32();
    const start = this.at;
    this.#advance(length);
    return new View(this.#memory, this.#offset + start, length);
  }

  /** A text. What is not UTF-8 in it becomes U+FFFD. */
  string(): string {
    const length = this.uint32();
    const start = this.at;
    this.#advance(length);
    return length === 0 ? "" : this.#bytes.toString("utf8", start, start + length);
  }

  /** Where a message ends that is a part of a frame. It may lead past the end: reading it throws then. Throws TooManyParts. */
  endOfPart(): number {
    this.#parts += 1;
    if (this.#parts > maxFrameMessages) throw new TooManyParts();
    return this.uint32() + this.at;
  }

  /** Where a message ends that is in a part of a frame. See `endOfPart`. */
  endOfInner(): number {
    this.#inner += 1;
    if (this.#inner > this.#mostInner) throw new TooManyParts();
    return this.uint32() + this.at;
  }

  /** Adds to a list of numbers of up to 32 bits: one, or several behind their length. Throws TooManyParts. */
  uint32s(tag: number, numbers: number[]): number[] {
    const list = grown(numbers);
    if (tag % 8 !== 2) list.push(this.uint32());
    else
      for (const end = this.uint32() + this.at; this.at < end && list.length <= maxFrameNumbers; )
        list.push(this.uint32());
    return bounded(list);
  }

  /** Adds to a list of numbers of up to 53 bits. See `uint32s`. */
  uint53s(tag: number, numbers: number[]): number[] {
    const list = grown(numbers);
    if (tag % 8 !== 2) list.push(this.uint53());
    else
      for (const end = this.uint32() + this.at; this.at < end && list.length <= maxFrameNumbers; )
        list.push(this.uint53());
    return bounded(list);
  }

  /** Adds to a list of numbers of up to 53 bits that take eight bytes each. See `uint32s`. */
  fixed64s(tag: number, numbers: number[]): number[] {
    const list = grown(numbers);
    if (tag % 8 !== 2) list.push(this.fixed64());
    else
      for (const end = this.uint32() + this.at; this.at < end && list.length <= maxFrameNumbers; )
        list.push(this.fixed64());
    return bounded(list);
  }

  /** Adds an entry to a map of texts by texts. */
  entry(map: Record<string, string>): void {
    let key = "";
    let value = "";
    for (const end = this.endOfInner(); this.at < end; ) {
      const tag = this.uint32();
      if (tag === 10) key = this.string();
      else if (tag === 18) value = this.string();
      else if (!this.skip(tag)) break;
    }
    map[key] = value;
  }

  /** Skips a field of a later contract. False: its tag ends the message. */
  skip(tag: number): boolean {
    if (tag === 0 || tag % 8 === 4) return false;
    this.#skipValue(tag % 8, undefined, maxGroupDepth);
    return true;
  }

  #skipValue(wireType: number, group: number | undefined, depth: number): void {
    if (wireType === 0) this.#skipVarint();
    else if (wireType === 1) this.#advance(8);
    else if (wireType === 2) this.#advance(this.uint32());
    else if (wireType === 3) this.#skipGroup(group, depth);
    else if (wireType === 5) this.#advance(4);
    else throw malformed();
  }

  #skipGroup(group: number | undefined, depth: number): void {
    if (depth <= 0) throw malformed();
    for (;;) {
      const tag = this.#tag();
      if (tag % 8 === 4) {
        if (group !== undefined && tag >>> 3 !== group) throw malformed();
        return;
      }
      this.#skipValue(tag % 8, tag >>> 3, depth - 1);
    }
  }

  /** A tag within a group, of which all bits count. */
  #tag(): number {
    const start = this.at;
    const tag = this.uint32();
    const length = this.at - start;
    const isTooLarge = length > 5 || (length === 5 && (this.#bytes[this.at - 1] as number) > 0x0f);
    if (isTooLarge || tag >>> 3 === 0 || tag % 8 > 5) throw malformed();
    return tag;
  }

  #longUint32(): number {
    const bytes = this.#bytes;
    let { at } = this;
    let byte = bytes[at++] as number;
    let value = byte & 0x7f;
    for (let length = 1; byte >= 0x80; length += 1) {
      if (length === longestVarint) throw malformed();
      byte = bytes[at++] as number;
      if (length < 5) value |= (byte & 0x7f) << (7 * length);
    }
    if (byte === undefined) throw malformed();
    this.at = at;
    return value >>> 0;
  }

  #longUint53(): number {
    const bytes = this.#bytes;
    let { at } = this;
    let byte = bytes[at++] as number;
    let value = byte & 0x7f;
    for (let factor = 0x80, length = 1; byte >= 0x80; factor *= 0x80, length += 1) {
      if (length === longestVarint) throw malformed();
      byte = bytes[at++] as number;
      // The tenth byte has one bit of the 64.
      value += (byte & (length === longestVarint - 1 ? 1 : 0x7f)) * factor;
    }
    if (byte === undefined || value > Number.MAX_SAFE_INTEGER) throw malformed();
    this.at = at;
    return value;
  }

  #longBool(): boolean {
    let isSet = false;
    for (let length = 0, byte = 0x80; byte >= 0x80; length += 1) {
      if (length === longestVarint) throw malformed();
      byte = this.#bytes[this.at++] as number;
      if (byte === undefined) throw malformed();
      // The tenth byte has one bit of the 64.
      if ((byte & (length === longestVarint - 1 ? 1 : 0x7f)) !== 0) isSet = true;
    }
    return isSet;
  }

  #skipVarint(): void {
    while ((this.#bytes[this.at++] as number) >= 0x80);
    if (this.at > this.end) throw malformed();
  }

  #advance(bytes: number): void {
    this.at += bytes;
    if (this.at > this.#bytes.length) throw malformed();
  }
}

function bounded(list: number[]): number[] {
  if (list.length > maxFrameNumbers) throw new TooManyParts();
  return list;
}

function malformed(): RangeError {
  return new RangeError("The bytes are not a message of the contract.");
}
