/**
 * Requesters that are known by handles, for all streams of version 2 of one process: several times the instances that a broker has, some
 * 5 MB. Those that have asked nobody for longest are forgotten first; they are known again as soon as they ask.
 */
const maxHandles = 65_536;

const handles = 2 ** 32;

/**
 * Handles of 32 bits, by which streams of version 2 name requesters, whose numbers have 53. A handle is the lowest bits of the number, so
 * that a requester has the same one again after it was forgotten, unless another has it by then.
 */
export class RequesterHandles {
  /** Those that have asked since the half of all came that asked last. */
  #recent = new Map<number, number>();
  /** Those that had asked before. */
  #older = new Map<number, number>();

  /** Requesters that are known. */
  get size(): number {
    return this.#recent.size + this.#older.size;
  }

  /** The handle of a requester, which asks somebody. 0 for the bus itself, whose number is 0. */
  of(requester: number): number {
    if (requester === 0) return 0;
    let handle = requester % handles || 1;
    for (;;) {
      if (this.#recent.get(handle) === requester) return handle;
      const known = this.#recent.get(handle) ?? this.#older.get(handle);
      if (known === undefined || known === requester) break;
      handle = (handle + 1) % handles || 1;
    }
    this.#older.delete(handle);
    this.#recent.set(handle, requester);
    if (this.#recent.size >= maxHandles / 2) this.#forgetOlder();
    return handle;
  }

  /** The requester of a handle. Of one that is not known, a number that nobody has. */
  requesterOf(handle: number): number {
    return this.#recent.get(handle) ?? this.#older.get(handle) ?? handle;
  }

  #forgetOlder(): void {
    this.#older = this.#recent;
    this.#recent = new Map();
  }
}
