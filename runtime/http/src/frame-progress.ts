/** Bytes of a frame before its length is known: RFC 6455, section 5.2. */
const shortHeader = 2;
const maskBytes = 4;
/** A length of 7 bits that says how many bytes of the length follow. */
const extended: Readonly<Record<number, number>> = { 126: 2, 127: 8 };
/** Opcodes from here on are control frames, which may stand between the fragments of a message. */
const firstControl = 8;

/** Follows the bytes of a WebSocket by the headers of its frames: whether a message has begun and not ended. */
export class FrameProgress {
  /** Messages that have ended. */
  completed = 0;
  /** Frames that have ended without a message ending with them: fragments that are not the last one, and control frames. */
  extra = 0;
  readonly #header = new Uint8Array(shortHeader + 8 + maskBytes);
  #have = 0;
  /** Bytes of the payload that are to come, once the header is there. */
  #left = 0;
  /** Fragments have come, and not the last one. */
  #isInMessage = false;

  /** Whether a frame or a message is under way. */
  get isUnfinished(): boolean {
    return this.#isInMessage || this.#have > 0;
  }

  /** Takes the next bytes that came. */
  feed(bytes: Uint8Array): void {
    let index = 0;
    while (index < bytes.length) {
      if (this.#left > 0) {
        const skipped = Math.min(this.#left, bytes.length - index);
        this.#left -= skipped;
        index += skipped;
        if (this.#left === 0) this.#endFrame();
        continue;
      }
      this.#header[this.#have] = bytes[index] as number;
      this.#have += 1;
      index += 1;
      if (this.#have < this.#headerBytes()) continue;
      this.#left = this.#length();
      if (this.#left === 0) this.#endFrame();
    }
  }

  #headerBytes(): number {
    if (this.#have < shortHeader) return shortHeader;
    const second = this.#header[1] as number;
    return shortHeader + (extended[second & 127] ?? 0) + (second & 128 ? maskBytes : 0);
  }

  #length(): number {
    const short = (this.#header[1] as number) & 127;
    const more = extended[short] ?? 0;
    if (more === 0) return short;
    return this.#header.subarray(shortHeader, shortHeader + more).reduce((sum, byte) => sum * 256 + byte, 0);
  }

  #endFrame(): void {
    const first = this.#header[0] as number;
    this.#have = 0;
    const isControl = (first & 15) >= firstControl;
    if (!isControl) this.#isInMessage = (first & 128) === 0;
    if (isControl || this.#isInMessage) this.extra += 1;
    else this.completed += 1;
  }
}
