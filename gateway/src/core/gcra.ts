/** How much of something is allowed. */
export interface Rate {
  /** Units a second, in the long run. */
  readonly perSecond: number;
  /** Units that may come at once. */
  readonly burst: number;
}

/** What asking for some units came to. */
export interface Grant {
  readonly isGranted: boolean;
  /** Units that could be had at once, now. */
  readonly remaining: number;
  /** Milliseconds until all of the burst can be had again. */
  readonly resetMs: number;
  /** If it was refused: milliseconds until it would be granted. */
  readonly retryAfterMs: number;
}

/**
 * How many keys are remembered, each some 100 bytes. Those that have been quiet for a burst are forgotten anyway; past this
 * number it is the one that was seen first.
 */
const maxKeys = 100_000;

/** Keys that are looked at for what has become quiet, at each new one. Two keep up with any growth. */
const looksPerKey = 2;

/** Keys that a sweep looks at, at most: a millisecond's worth. All keys are swept within a minute or so. */
const looksPerSweep = 2_000;

/**
 * The generic cell rate algorithm (ITU-T I.371): one number per key, the time at which it would be quiet again. What is larger
 * than the burst is granted to a key that is quiet, and owed.
 */
export class Gcra {
  readonly rate: Rate;
  readonly #unitMs: number;
  readonly #toleranceMs: number;
  readonly #quietAt = new Map<string, number>();

  constructor(rate: Rate) {
    this.rate = rate;
    this.#unitMs = 1000 / rate.perSecond;
    this.#toleranceMs = rate.burst * this.#unitMs;
  }

  /** Keys that are remembered. */
  get size(): number {
    return this.#quietAt.size;
  }

  /** What asking for this many units would come to. Takes nothing. */
  look(key: string, units: number, now: number): Grant {
    const quietAt = Math.max(this.#quietAt.get(key) ?? now, now);
    const after = quietAt + units * this.#unitMs;
    const isGranted = quietAt === now || after - now <= this.#toleranceMs;
    const owedMs = (isGranted ? after : quietAt) - now;
    return {
      isGranted,
      remaining: Math.max(0, Math.floor((this.#toleranceMs - owedMs) / this.#unitMs + 1e-9)),
      resetMs: owedMs,
      retryAfterMs: isGranted ? 0 : Math.min(quietAt - now, after - now - this.#toleranceMs),
    };
  }

  /** Takes this many units, whether or not they are granted: after `look` has said that they are. */
  take(key: string, units: number, now: number): void {
    const quietAt = Math.max(this.#quietAt.get(key) ?? now, now);
    const isNew = this.#quietAt.delete(key) === false;
    this.#quietAt.set(key, quietAt + units * this.#unitMs);
    if (isNew) this.#forgetQuiet(now);
  }

  /** Takes units for something that was not asked for before it was done. No more than another burst is owed for such. */
  charge(key: string, units: number, now: number): void {
    const owedMs = (this.#quietAt.get(key) ?? now) - now;
    const most = Math.max(0, (2 * this.#toleranceMs - owedMs) / this.#unitMs);
    this.take(key, Math.min(units, most), now);
  }

  /** Gives back units that were taken and not used. */
  giveBack(key: string, units: number, now: number): void {
    const quietAt = this.#quietAt.get(key);
    if (quietAt === undefined) return;
    const before = quietAt - units * this.#unitMs;
    if (before > now) this.#quietAt.set(key, before);
    else this.#quietAt.delete(key);
  }

  /** Forgets keys that have become quiet, from the one that was used least recently on. Without this they stay until new ones come. */
  sweep(now: number): void {
    let looks = looksPerSweep;
    for (const [key, quietAt] of this.#quietAt) {
      looks -= 1;
      // Those behind it were used later, and are quiet later, but for those that owe more than a burst.
      if (quietAt > now || looks < 0) return;
      this.#quietAt.delete(key);
    }
  }

  #forgetQuiet(now: number): void {
    let looks = looksPerKey;
    for (const [key, quietAt] of this.#quietAt) {
      if (looks === 0) break;
      looks -= 1;
      if (quietAt <= now || this.#quietAt.size > maxKeys) this.#quietAt.delete(key);
    }
  }
}
