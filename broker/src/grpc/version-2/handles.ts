/**
 * Requesters of version 3 that are known by handles as well, for all streams of version 2 together: more than a broker has
 * instances, some 10 MB. The longest known is forgotten first, and a reply to it then reaches nobody.
 */
const maxHandles = 65_536;

const maxHandle = 0xffff_ffff;

/**
 * Handles of 32 bits, by which streams of version 2 name requesters. An instance of version 2 is a requester whose number is its
 * handle; one of version 3 is given a handle when a request of it first goes to a stream of version 2.
 */
export class Handles {
  #last: number;
  readonly #byRequester = new Map<number, number>();
  readonly #requesters = new Map<number, number>();

  /** `first`: where handles begin: at random, so that a return path of another broker's life leads nowhere. */
  constructor(first: number) {
    this.#last = first;
  }

  /** A handle that nobody has. */
  next(): number {
    do this.#last = this.#last >= maxHandle ? 1 : this.#last + 1;
    while (this.#requesters.has(this.#last));
    return this.#last;
  }

  /** The handle of a requester. */
  of(requester: number): number {
    if (requester <= maxHandle) return requester;
    let handle = this.#byRequester.get(requester);
    if (handle === undefined) {
      handle = this.next();
      this.#byRequester.set(requester, handle);
      this.#requesters.set(handle, requester);
      if (this.#requesters.size > maxHandles) this.#forgetOldest();
    }
    return handle;
  }

  /** The requester of a handle. */
  requesterOf(handle: number): number {
    return this.#requesters.get(handle) ?? handle;
  }

  #forgetOldest(): void {
    const [oldest] = this.#requesters;
    if (!oldest) return;
    const [handle, requester] = oldest;
    this.#requesters.delete(handle);
    this.#byRequester.delete(requester);
  }
}
