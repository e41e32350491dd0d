/** What stands in front of each frame on a byte stream: one byte that says what it is, four with its length, as in gRPC. */
export const prefixBytes = 5;

/** What a frame on a byte stream is. The bit of the second is that of the trailers in gRPC-Web. */
export const frameKinds = { message: 0, status: 0x80 } as const;

/** Why a byte stream cannot be read any further. */
export class BrokenFraming extends Error {
  override readonly name = "BrokenFraming";
}

/**
 * Cuts what comes on a byte stream into frames. A frame that came whole is a view of what was read; of one that comes in
 * pieces each byte is copied once, however many pieces there are.
 */
export class FrameSplitter {
  readonly #maxBytes: number;
  readonly #take: (kind: number, bytes: Buffer) => void;
  readonly #prefix = Buffer.alloc(prefixBytes);
  /** Bytes of a prefix that has not come as a whole. */
  #prefixed = 0;
  #kind = 0;
  /** A frame of which only the first `#filled` bytes have come. */
  #partial: Buffer | undefined;
  #filled = 0;

  /** `take` gets each frame. Longer ones than `maxBytes` are refused as soon as their length is known. */
  constructor(maxBytes: number, take: (kind: number, bytes: Buffer) => void) {
    this.#maxBytes = maxBytes;
    this.#take = take;
  }

  /** Takes what was read. Throws BrokenFraming. */
  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) at = this.#partial ? this.#fill(this.#partial, chunk, at) : this.#begin(chunk, at);
  }

  /** Returns how far it has read. */
  #begin(chunk: Buffer, start: number): number {
    const isWhole = this.#prefixed === 0 && chunk.length - start >= prefixBytes;
    const at = isWhole ? start + prefixBytes : this.#collectPrefix(chunk, start);
    if (!isWhole && this.#prefixed < prefixBytes) return at;
    const length = isWhole ? this.#read(chunk, start) : this.#read(this.#prefix, 0);
    this.#prefixed = 0;
    if (chunk.length - at >= length) {
      this.#take(this.#kind, chunk.subarray(at, at + length));
      return at + length;
    }
    this.#partial = Buffer.allocUnsafe(length);
    this.#filled = 0;
    return at;
  }

  #collectPrefix(chunk: Buffer, start: number): number {
    const copied = chunk.copy(this.#prefix, this.#prefixed, start);
    this.#prefixed += copied;
    return start + copied;
  }

  /** Reads a prefix. Returns the frame's length. */
  #read(bytes: Buffer, at: number): number {
    const kind = bytes[at] as number;
    const length = bytes.readUInt32BE(at + 1);
    if (kind !== frameKinds.message && kind !== frameKinds.status)
      throw new BrokenFraming(`A frame of kind ${kind} came; there are ${Object.values(frameKinds).join(" and ")}.`);
    if (length > this.#maxBytes)
      throw new BrokenFraming(`A frame of ${length} bytes came; the longest that is taken has ${this.#maxBytes}.`);
    this.#kind = kind;
    return length;
  }

  #fill(partial: Buffer, chunk: Buffer, start: number): number {
    const copied = chunk.copy(partial, this.#filled, start);
    this.#filled += copied;
    if (this.#filled === partial.length) {
      this.#partial = undefined;
      this.#take(this.#kind, partial);
    }
    return start + copied;
  }
}
