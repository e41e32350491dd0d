/** Requests that may be open at once: a slot is the lower half of a request's number, of 32 bits. */
export const maxOpenRequests = 65_536;

/** Slots that are made before one is used again. With them a number comes again after 67 million requests at the earliest. */
const leastSlots = 1024;

/** Something that has a number. */
interface Numbered {
  number: number;
}

/**
 * Open requests by number. A number is a slot and how often it was used before, so that a late reply to an earlier request
 * finds nobody; and no table is made anew as requests come and go, as a Map's is.
 */
export class RequestSlots<T extends Numbered> {
  /** Requests that are open. */
  size = 0;
  readonly #slots: (T | undefined)[] = [];
  readonly #uses: number[] = [];
  /** Free slots from `#oldest` on, the longest unused first: so a number comes again as late as can be. */
  readonly #free: number[] = [];
  #oldest = 0;

  /** Takes a request in and gives it a number that no other has. False: there are too many. */
  add(request: T): boolean {
    const fresh = this.#slots.length;
    const slot = fresh < leastSlots ? fresh : (this.#free[this.#oldest] ?? fresh);
    if (slot >= maxOpenRequests) return false;
    request.number = (this.#uses[slot] ?? 1) * maxOpenRequests + slot;
    if (slot < fresh) this.#takeFree();
    this.#slots[slot] = request;
    this.size += 1;
    // 1 to 65,535: a number is never 0.
    this.#uses[slot] = ((this.#uses[slot] ?? 1) % 65_535) + 1;
    return true;
  }

  get(number: number): T | undefined {
    const request = this.#slots[slotOf(number)];
    return request?.number === number ? request : undefined;
  }

  /** Takes a request out that is in. */
  delete(request: T): void {
    const slot = slotOf(request.number);
    this.#slots[slot] = undefined;
    this.size -= 1;
    this.#free.push(slot);
  }

  #takeFree(): void {
    this.#oldest += 1;
    if (this.#oldest < 1024 && this.#oldest < this.#free.length) return;
    this.#free.splice(0, this.#oldest);
    this.#oldest = 0;
  }

  *[Symbol.iterator](): Generator<T> {
    for (const request of this.#slots) if (request !== undefined) yield request;
  }
}

function slotOf(number: number): number {
  return number & (maxOpenRequests - 1);
}
