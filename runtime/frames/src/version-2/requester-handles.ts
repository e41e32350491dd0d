/**
 * Requesters that are known by handles, for all streams of version 2 of one process: several times the instances that a broker has, some
 * 5 MB. The longest known is forgotten first; it is known again as soon as it asks somebody.
 */
const maxHandles = 65_536;

const handles = 2 ** 32;

/**
 * Handles of 32 bits, by which streams of version 2 name requesters, whose numbers have 53. A handle is the lowest bits of the number, so
 * that a requester has the same one again after it was forgotten, unless another has it by then.
 */
export class RequesterHandles {
  readonly #requesters = new Map<number, number>();

  /** Requesters that are known. */
  get size(): number {
    return this.#requesters.size;
  }

  /** The handle of a requester. 0 for the bus itself, whose number is 0. */
  of(requester: number): number {
    if (requester === 0) return 0;
    let handle = requester % handles || 1;
    for (let known = this.#requesters.get(handle); known !== requester; known = this.#requesters.get(handle)) {
      if (known === undefined) {
        this.#requesters.set(handle, requester);
        if (this.#requesters.size > maxHandles) this.#forgetOldest();
        break;
      }
      handle = (handle + 1) % handles || 1;
    }
    return handle;
  }

  /** The requester of a handle. Of one that is not known, a number that nobody has. */
  requesterOf(handle: number): number {
    return this.#requesters.get(handle) ?? handle;
  }

  #forgetOldest(): void {
    for (const oldest of this.#requesters.keys()) {
      this.#requesters.delete(oldest);
      break;
    }
  }
}
