import { StringDecoder } from "node:string_decoder";

/** 64 KiB: longer than any line meant for people, short enough that a process writing without line ends fills no memory. */
const longestLineBytes = 64 * 1024;

/** Ends a line of which the rest was left out. */
export const cutNote = " … (cut at 64 KiB)";

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Turns the bytes of a stream into lines of UTF-8 text. A line over 64 KiB is cut and says so. */
export class LineReader {
  readonly #onLine: (text: string) => void;
  #pieces: Buffer[] = [];
  #bytes = 0;
  #isCut = false;

  constructor(onLine: (text: string) => void) {
    this.#onLine = onLine;
  }

  /** The line that has begun and not ended yet. */
  get begun(): string {
    return this.#text();
  }

  /** Takes the next bytes. */
  push(chunk: Buffer): void {
    let from = 0;
    for (let to = chunk.indexOf(lineFeed); to !== -1; to = chunk.indexOf(lineFeed, from)) {
      this.#add(chunk.subarray(from, to));
      this.#emit();
      from = to + 1;
    }
    this.#add(chunk.subarray(from));
  }

  /** The stream ended: hands out a last line without a line end. */
  end(): void {
    if (this.#bytes > 0) this.#emit();
  }

  #add(piece: Buffer): void {
    const room = longestLineBytes - this.#bytes;
    const kept = piece.subarray(0, room);
    if (kept.length > 0) this.#pieces.push(kept);
    this.#bytes += kept.length;
    this.#isCut ||= kept.length < piece.length;
  }

  #emit(): void {
    const text = this.#text();
    this.#pieces = [];
    this.#bytes = 0;
    this.#isCut = false;
    this.#onLine(text);
  }

  /** The decoder holds back the beginning of a character that the cut went through. */
  #text(): string {
    const bytes = Buffer.concat(this.#pieces);
    if (this.#isCut) return new StringDecoder("utf8").write(bytes) + cutNote;
    const length = bytes.at(-1) === carriageReturn ? bytes.length - 1 : bytes.length;
    return bytes.toString("utf8", 0, length);
  }
}
