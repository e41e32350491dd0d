import type { Refusal } from "@exosphere/proto";

/** What the broker remembers of an instance beyond the life of a stream. */
export interface Acquaintance {
  /** The handle that it had last: replies to its open requests still find it. */
  handle: number | undefined;
  /** The highest sequence that was taken from it. */
  takenThrough: number;
  /** The last of its publishes that were refused. */
  refusals: readonly Refusal[];
}

/** Instances that are remembered: ten times as many as a broker is meant to serve, a few hundred bytes each. */
const maxAcquaintances = 10_000;

/** The instances that this life of the broker has met, the longest unseen forgotten first. */
export class Acquaintances {
  readonly #known = new Map<string, Acquaintance>();

  /**
   * What is known of an instance. An unknown one is met now; so is one that does not know this life of the broker: another
   * process under the same name, whose sequences begin anew.
   */
  meet(role: string, instanceId: string, knowsBroker: boolean): Acquaintance {
    const key = `${role}\0${instanceId}`;
    const met = knowsBroker ? this.#known.get(key) : undefined;
    const known = met ?? { handle: undefined, takenThrough: 0, refusals: [] };
    this.#known.delete(key);
    this.#known.set(key, known);
    if (this.#known.size > maxAcquaintances) this.#known.delete(this.#known.keys().next().value as string);
    return known;
  }
}
