/** A line of a body: its bytes without the line end, or that it is longer than lines may be. */
export type BodyLine = Uint8Array | "too long";

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const tab = 0x09;

/**
 * Takes a body apart into its lines, of which each is given out when somebody asks for it: NDJSON. Lines end with LF or CRLF,
 * the last one may end with the body; blank lines are passed over. Holds what was added last, and the beginning of one line.
 */
export class BodyLines {
  readonly #maxBytes: number;
  /** What was added and not looked at yet: one piece, unless pieces still come after their reader asked for a pause. */
  readonly #chunks: Uint8Array[] = [];
  #at = 0;
  /** The beginning of a line whose end has not come. */
  #parts: Uint8Array[] = [];
  #partBytes = 0;
  /** The line was reported as too long already: the rest of it is of no interest. */
  #isSkipping = false;
  #hasEnded = false;
  /** Line ends that have come so far, those of blank lines as well. */
  ends = 0;

  /** Lines may have so many bytes. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes that it holds: of pieces in full, as a line keeps all of its piece. */
  get bytes(): number {
    let sum = this.#partBytes;
    for (const chunk of this.#chunks) sum += chunk.length;
    return sum;
  }

  /** The next piece of the body. */
  add(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
  }

  /** The body has come to its end. */
  end(): void {
    this.#hasEnded = true;
  }

  /** The next line, or undefined until more of the body is added. */
  next(): BodyLine | undefined {
    for (let chunk = this.#chunks[0]; chunk; chunk = this.#chunks[0]) {
      const end = chunk.indexOf(lineFeed, this.#at);
      const piece = chunk.subarray(this.#at, end === -1 ? chunk.length : end);
      if (end === -1) {
        this.#chunks.shift();
        this.#at = 0;
        if (this.#begin(piece)) return "too long";
        continue;
      }
      this.#at = end + 1;
      this.ends += 1;
      const line = this.#finish(piece);
      if (line) return line;
    }
    return this.#hasEnded ? this.#finish(new Uint8Array(0)) : undefined;
  }

  /** Keeps the beginning of a line. True if it has just become too long. */
  #begin(piece: Uint8Array): boolean {
    if (this.#isSkipping || piece.length === 0) return false;
    this.#parts.push(piece);
    this.#partBytes += piece.length;
    if (this.#partBytes <= this.#maxBytes) return false;
    this.#forget();
    this.#isSkipping = true;
    return true;
  }

  /** The line that ends with this piece. Undefined if it is blank, or was reported before. */
  #finish(piece: Uint8Array): BodyLine | undefined {
    const wasReported = this.#isSkipping;
    this.#isSkipping = false;
    if (wasReported) return undefined;
    const bytes = this.#partBytes + piece.length;
    const line = this.#parts.length === 0 ? piece : joined([...this.#parts, piece], bytes);
    this.#forget();
    if (bytes > this.#maxBytes) return "too long";
    const text = line.at(-1) === carriageReturn ? line.subarray(0, -1) : line;
    return isBlank(text) ? undefined : text;
  }

  #forget(): void {
    this.#parts = [];
    this.#partBytes = 0;
  }
}

function joined(parts: readonly Uint8Array[], bytes: number): Uint8Array {
  const all = new Uint8Array(bytes);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function isBlank(line: Uint8Array): boolean {
  for (const byte of line) if (byte !== space && byte !== tab && byte !== carriageReturn) return false;
  return true;
}
