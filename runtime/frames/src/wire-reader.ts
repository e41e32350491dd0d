/**
 * Reads the wire format of protobuf: what the hot messages consist of, and nothing else. Whoever meets anything that is out of the
 * ordinary asks the generated code, which takes everything: see `isPlain`.
 */
export class WireReader {
  readonly #bytes: Buffer;
  /** Where the next byte is. */
  at = 0;
  /** False: something was not as expected, and nothing that was read counts. */
  isPlain = true;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Where the bytes end. */
  get end(): number {
    return this.#bytes.length;
  }

  /** A varint of up to 32 bits. */
  uint32(): number {
    const bytes = this.#bytes;
    let { at } = this;
    let byte = bytes[at++] as number;
    let value = byte & 0x7f;
    for (let shift = 7; byte >= 0x80; shift += 7) {
      byte = bytes[at++] as number;
      // The fifth byte has four bits of the 32; a sixth there is not. Past the end there is no number at all.
      if (byte === undefined || shift > 28 || (shift === 28 && byte > 0x0f)) return this.#unusual();
      value |= (byte & 0x7f) << shift;
    }
    this.at = at;
    return byte === undefined ? this.#unusual() : value >>> 0;
  }

  /** A varint of up to 53 bits. */
  uint53(): number {
    const bytes = this.#bytes;
    let value = 0;
    for (let factor = 1, byte = 0x80; byte >= 0x80; factor *= 0x80) {
      byte = bytes[this.at++] as number;
      value += (byte & 0x7f) * factor;
      // Eight bytes have 56 bits. With ever more of them the factor would become infinite, and the number none.
      if (byte === undefined || factor > 2 ** 49 || value > Number.MAX_SAFE_INTEGER) return this.#unusual();
    }
    return value;
  }

  /** A flag. */
  bool(): boolean {
    const value = this.uint32();
    if (value > 1) this.giveUp();
    return value === 1;
  }

  /** Eight bytes with a fraction. */
  double(): number {
    const start = this.at;
    this.at += 8;
    return this.at > this.end ? this.#unusual() : this.#bytes.readDoubleLE(start);
  }

  /** A length, and where it leads to: the end of what has that length. Never past the end, so that no loop is led astray. */
  endOfLength(): number {
    const length = this.uint32();
    const end = this.at + length;
    if (end <= this.end) return end;
    this.giveUp();
    return this.end;
  }

  /** Bytes, as a view. */
  bytes(): Buffer {
    const end = this.endOfLength();
    const start = this.at;
    this.at = end;
    return this.#bytes.subarray(start, end);
  }

  /** Gives up: `at` is moved to the end, so that every loop ends. */
  giveUp(): void {
    this.isPlain = false;
    this.at = this.end;
  }

  #unusual(): number {
    this.giveUp();
    return 0;
  }
}
