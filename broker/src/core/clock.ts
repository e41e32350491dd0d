/** Time, as the core knows it. Real time at the edge, a hand-moved one in tests. */
export interface Clock {
  /** Milliseconds since some fixed moment, with fractions; never falls. */
  nowMs(): number;
  /** The wall clock at `nowMs() === 0`, in milliseconds since 1970. */
  readonly originMs: number;
  /** Calls `run` once, `delayMs` from now. Returns what calls it off. */
  after(delayMs: number, run: () => void): () => void;
}
