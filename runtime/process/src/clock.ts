/** Time as supervision needs it; tests pass their own. */
export interface ProcessClock {
  /** Milliseconds from any fixed point, never going back. */
  now(): number;
  /** Calls back once after `delayMs`; returns what calls that off. */
  after(delayMs: number, callback: () => void): () => void;
}

/** The machine's clock. */
export const systemClock: ProcessClock = {
  now: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
