/**
 * A bound in any unit that many holders, such as the roles of a bus, fill together, so that none of them can take all of it.
 * Half of it is reserved: an equal part for each holder, whatever the others have. Of the other half each may have as much as is
 * still free of it (dynamic thresholds: Choudhury and Hahne, IEEE/ACM Transactions on Networking 6 (2), 1998), so that a few busy
 * holders are not kept to the small part that is left for each where there are many.
 */
export class SharedBound {
  /** Units that all holders together may have. */
  readonly max: number;
  /** Units that all holders together have. */
  used = 0;
  /** Units that are reserved for each holder. */
  reserve: number;
  #parts = 0;

  constructor(max: number) {
    this.max = max;
    this.reserve = max / 2;
  }

  /** The part of a new holder. Holders are never given up: there are as many as the routes ever had roles. */
  part(): BoundPart {
    this.#parts += 1;
    this.reserve = this.max / 2 / this.#parts;
    return new BoundPart(this);
  }
}

/** What one holder has of a SharedBound. */
export class BoundPart {
  /** Units that the holder has. */
  used = 0;
  readonly #bound: SharedBound;

  constructor(bound: SharedBound) {
    this.#bound = bound;
  }

  /** Whether the holder may have `units` more. */
  hasRoom(units: number): boolean {
    const { max, used, reserve } = this.#bound;
    const after = this.used + units;
    return after <= max / 2 - used || (after <= reserve && used + units <= max);
  }

  /** Takes units, whether or not there is room, or gives them back if negative. */
  add(units: number): void {
    this.used += units;
    this.#bound.used += units;
  }
}

/** A SharedBound whose holders are known by a key, such as their role. */
export class KeyedBound<Key> extends SharedBound {
  readonly #byKey = new Map<Key, BoundPart>();

  /** What a holder has, which is nothing if it is new. */
  of(key: Key): BoundPart {
    let part = this.#byKey.get(key);
    if (!part) {
      part = this.part();
      this.#byKey.set(key, part);
    }
    return part;
  }
}
