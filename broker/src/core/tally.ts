import type { Outcome } from "./outcome.ts";

/**
 * Counts outcomes. Plain numbers on purpose: a labelled counter of prom-client costs 0.5 µs, and these are counted for
 * every message. The telemetry copies them when it is asked.
 */
export class Tally {
  /** Made when it is first needed: a large application has ten thousand tallies, and most only ever count `ok`. */
  #counts: Map<Outcome, number> | undefined;
  /** By far the most frequent outcome, so that counting it is one addition. */
  ok = 0;

  count(outcome: Outcome): void {
    if (outcome === "ok") {
      this.ok += 1;
      return;
    }
    this.#counts ??= new Map();
    this.#counts.set(outcome, (this.#counts.get(outcome) ?? 0) + 1);
  }

  get(outcome: Outcome): number {
    return outcome === "ok" ? this.ok : (this.#counts?.get(outcome) ?? 0);
  }

  /** Every outcome that has been seen, `ok` first. */
  *[Symbol.iterator](): Generator<readonly [Outcome, number]> {
    if (this.ok > 0) yield ["ok", this.ok];
    if (this.#counts) yield* this.#counts;
  }
}
