/**
 * Parts of a frame that are messages of their own: publishes, deliveries, settlements, confirmations, refusals. Whoever takes a frame
 * works on all of them in one turn, some 10 µs each, and a part of two bytes becomes an object of a hundred: so their number is
 * bounded, not only their bytes. Our own writers put at most 700 into a frame of 64 KiB, and some thousand runs of confirmations.
 */
export const maxFrameMessages = 4096;

/** Bare numbers of a frame: deliveries that are done, requests that are abandoned. As many as there may be unsettled deliveries. */
export const maxFrameNumbers = 65_536;

/** A frame has more parts than anybody takes. */
export class TooManyParts extends Error {
  override readonly name = "TooManyParts";

  constructor() {
    super(`A frame has at most ${maxFrameMessages} messages and ${maxFrameNumbers} numbers. Send several frames.`);
  }
}

/**
 * Counts the parts of a frame before generated code makes objects of them: `packed` has the numbers of its fields that are repeated
 * numbers. Throws TooManyParts. Where it cannot read on, the generated code cannot either, and says so.
 */
export function checkParts(bytes: Buffer, packed: ReadonlySet<number>): void {
  const scan = new PartScan(bytes);
  let messages = 0;
  let numbers = 0;
  while (!scan.isOver) {
    const tag = scan.varint();
    const wireType = tag % 8;
    if (wireType === 2) {
      const end = scan.endOfLength();
      if (packed.has(Math.floor(tag / 8))) numbers += scan.numbersUntil(end);
      else messages += 1;
      scan.skipTo(end);
    } else {
      // Groups have no length: what is in them is counted as if it were in the frame itself.
      if (wireType === 0) scan.varint();
      else if (wireType === 1) scan.skip(8);
      else if (wireType === 5) scan.skip(4);
      numbers += 1;
    }
    if (messages > maxFrameMessages || numbers > maxFrameNumbers) throw new TooManyParts();
  }
}

/** Reads as much of the wire format as it takes to get from one field to the next, in every form that generated code accepts. */
class PartScan {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isOver(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** A number of up to ten bytes. Bits beyond 53 are lost, which makes no tag or length of a frame wrong. */
  varint(): number {
    let value = 0;
    for (let factor = 1; !this.isOver; factor *= 0x80) {
      const byte = this.#bytes[this.#at++] as number;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) break;
    }
    return value;
  }

  endOfLength(): number {
    const length = this.varint();
    return Math.min(this.#bytes.length, this.#at + length);
  }

  /** How many varints end before a place. */
  numbersUntil(end: number): number {
    let numbers = 0;
    for (let at = this.#at; at < end; at += 1) if ((this.#bytes[at] as number) < 0x80) numbers += 1;
    return numbers;
  }

  skipTo(end: number): void {
    this.#at = end;
  }

  skip(bytes: number): void {
    this.#at += bytes;
  }
}
