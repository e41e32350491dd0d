/** Keys that are told apart. Further ones are made up, not names of an application, and share an entry. */
const maxKeys = 1_000;

/** How a warning is paced. */
export interface PacedWarningOptions {
  /** How often a warning of one key is let through, in milliseconds. */
  readonly everyMs: number;
  /** Milliseconds of a clock that never goes back. */
  readonly nowMs: () => number;
}

/** Lets a warning through once in a while for each key, with how many there were since, so that no flood fills the log. */
export class PacedWarning {
  readonly #options: PacedWarningOptions;
  readonly #byKey = new Map<string, { nextMs: number; count: number }>();

  constructor(options: PacedWarningOptions) {
    this.#options = options;
  }

  /** How many warnings of a key there were since the last that was let through, with this one; undefined: it is held back. */
  due(key = ""): number | undefined {
    const { everyMs, nowMs } = this.#options;
    const known = this.#entryOf(key);
    known.count += 1;
    const now = nowMs();
    if (now < known.nextMs) return undefined;
    const { count } = known;
    known.count = 0;
    known.nextMs = now + everyMs;
    return count;
  }

  #entryOf(given: string) {
    const key = this.#byKey.has(given) || this.#byKey.size < maxKeys ? given : "";
    const known = this.#byKey.get(key) ?? { nextMs: Number.NEGATIVE_INFINITY, count: 0 };
    this.#byKey.set(key, known);
    return known;
  }
}
