/** Pieces below this are copied together once there are many, in bytes: each costs some 200 beside its content. */
const smallBytes = 1024;
/** Number of pieces that are kept as they come. */
const freePieces = 64;
/** Where small pieces are copied to, in bytes. */
const blockBytes = 16 * 1024;

const empty = Buffer.alloc(0);

/** The pieces of a body as they come. A body that comes byte by byte takes little more memory than one that comes at once. */
export class BodyPieces {
  #pieces: Buffer[] = [];
  #block: Buffer | undefined;
  /** Bytes of the block that are in use. */
  #filled = 0;

  /** Adds the next piece. */
  add(piece: Buffer): void {
    if (this.#pieces.length < freePieces || piece.length >= smallBytes) {
      if (this.#block) this.#seal(this.#block);
      this.#pieces.push(piece);
      return;
    }
    if (!this.#block || this.#block.length - this.#filled < piece.length) {
      if (this.#block) this.#seal(this.#block);
      this.#block = Buffer.allocUnsafeSlow(blockBytes);
    }
    this.#filled += piece.copy(this.#block, this.#filled);
  }

  /** Objects that hold the body: for tests. */
  get count(): number {
    return this.#pieces.length + Number(this.#filled > 0);
  }

  /** Bytes of memory behind the pieces, with what is allocated and not filled: for tests. */
  get heldBytes(): number {
    const buffers = new Set(this.#pieces.map(({ buffer }) => buffer));
    return [...buffers].reduce((sum, { byteLength }) => sum + byteLength, this.#block?.length ?? 0);
  }

  /** Forgets all of them. */
  clear(): void {
    this.#pieces = [];
    this.#block = undefined;
    this.#filled = 0;
  }

  /** The whole body. */
  joined(): Buffer {
    if (this.#block) this.#seal(this.#block);
    const [first = empty] = this.#pieces;
    return this.#pieces.length > 1 ? Buffer.concat(this.#pieces) : first;
  }

  /** Puts what the block holds behind the pieces. */
  #seal(block: Buffer): void {
    if (this.#filled === 0) return;
    if (this.#filled * 2 >= block.length) {
      this.#pieces.push(block.subarray(0, this.#filled));
      this.#block = undefined;
    } else {
      // Kept as it is, a block of few bytes before each large piece would take many times what came.
      const part = Buffer.allocUnsafeSlow(this.#filled);
      block.copy(part, 0, 0, this.#filled);
      this.#pieces.push(part);
    }
    this.#filled = 0;
  }
}
