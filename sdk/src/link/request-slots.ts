/** Requests that may be open at once: a slot is the lower half of a request's number, of 32 bits. */
export const maxOpenRequests = 65_536;

/** Something that has a number. */
interface Numbered {
  readonly number: number;
}

/**
 * Open requests by number. A number is a slot and how often it was used before, so that a late reply to an earlier request
 * finds nobody; and no table is made anew as requests come and go, as a Map's is.
 */
export class RequestSlots<T extends Numbered> {
  readonly #slots: (T | undefined)[] = [];
  readonly #uses: number[] = [];
  readonly #free: number[] = [];

  get size(): number {
    return this.#slots.length - this.#free.length;
  }

  /** A number that no open request has, to be put in at once. 0: there are too many. */
  next(): number {
    const slot = this.#free.at(-1) ?? this.#slots.length;
    if (slot >= maxOpenRequests) return 0;
    return (this.#uses[slot] ?? 1) * maxOpenRequests + slot;
  }

  /** Puts a request in under the number that `next` gave. */
  put(request: T): void {
    const slot = request.number % maxOpenRequests;
    if (this.#free.length > 0) this.#free.pop();
    this.#slots[slot] = request;
    // 1 to 65,535: a number is never 0.
    this.#uses[slot] = ((this.#uses[slot] ?? 1) % 65_535) + 1;
  }

  get(number: number): T | undefined {
    const request = this.#slots[number % maxOpenRequests];
    return request?.number === number ? request : undefined;
  }

  /** Takes a request out that is in. */
  delete(request: T): void {
    const slot = request.number % maxOpenRequests;
    this.#slots[slot] = undefined;
    this.#free.push(slot);
  }

  *[Symbol.iterator](): Generator<T> {
    for (const request of this.#slots) if (request !== undefined) yield request;
  }
}
