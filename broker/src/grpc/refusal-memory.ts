import { FairEviction } from "@exosphere/collections";
import type { Refusal } from "@exosphere/proto";

/** Refusals that are remembered of one instance: as many as it can have under way in a tenth of a second. */
const maxOfOne = 1000;

/** What one costs beside its text, in bytes: the object, its place, the text's own header. */
const refusalBytes = 150;

/** An instance whose refusals are remembered. */
export interface RefusalOwner {
  /** Its role. */
  readonly role: string;
  /** The highest sequence of those of its refusals that were forgotten. 0: none was. */
  forgottenThrough: number;
}

/** What is remembered of one instance. */
interface Remembered {
  readonly refusals: Refusal[];
  bytes: number;
}

/**
 * What was refused to instances, for those whose connection breaks before they hear of it. Bounded in bytes for all of them
 * together: of the role that has most of it, the instance that was refused nothing for the longest time is forgotten first.
 */
export class RefusalMemory {
  readonly #maxBytes: number;
  readonly #byOwner = new Map<RefusalOwner, Remembered>();
  readonly #byRole = new FairEviction<RefusalOwner>();
  /** What is remembered, in bytes. */
  bytes = 0;
  /** Refusals that were forgotten for want of space. */
  evictions = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** What is remembered of an instance, oldest first. */
  of(owner: RefusalOwner): readonly Refusal[] {
    return this.#byOwner.get(owner)?.refusals ?? [];
  }

  /** Remembers what was refused to an instance. */
  add(owner: RefusalOwner, refusals: readonly Refusal[]): void {
    const remembered = this.#byOwner.get(owner) ?? { refusals: [], bytes: 0 };
    this.#byOwner.set(owner, remembered);
    for (const refusal of refusals) {
      remembered.refusals.push(refusal);
      this.#grow(remembered, costOf(refusal));
    }
    while (remembered.refusals.length > maxOfOne) {
      const oldest = remembered.refusals.shift() as Refusal;
      this.#grow(remembered, -costOf(oldest));
      noteForgotten(owner, [oldest]);
    }
    // The most recent of its role now.
    this.#byRole.set(owner, owner.role, remembered.bytes);
    while (this.bytes > this.#maxBytes) {
      const first = this.#byRole.next();
      if (!first) return;
      const { refusals: forgotten } = this.#byOwner.get(first) as Remembered;
      this.evictions += forgotten.length;
      noteForgotten(first, forgotten);
      this.forget(first);
    }
  }

  /** Nobody will ask for what was refused to an instance. */
  forget(owner: RefusalOwner): void {
    const remembered = this.#byOwner.get(owner);
    if (!remembered) return;
    this.#byOwner.delete(owner);
    this.#byRole.delete(owner);
    this.bytes -= remembered.bytes;
  }

  #grow(remembered: Remembered, bytes: number): void {
    remembered.bytes += bytes;
    this.bytes += bytes;
  }
}

function noteForgotten(owner: RefusalOwner, refusals: readonly Refusal[]): void {
  for (const { sequence } of refusals) owner.forgottenThrough = Math.max(owner.forgottenThrough, sequence);
}

function costOf({ detail, facts }: Refusal): number {
  let bytes = refusalBytes + detail.length;
  for (const key in facts) bytes += key.length + (facts[key] as string).length;
  return bytes;
}
