/** How often the same thing is said, in milliseconds: often enough to be seen, and no flood. */
const everyMs = 10_000;

/** Things that are told apart. More share one entry: they are made up, not names of an application. */
const maxKeys = 1_000;

/** Lets a warning through once in ten seconds for each key, with how many there were since. */
export class PacedWarning {
  readonly #nowMs: () => number;
  readonly #said = new Map<string, { nextMs: number; count: number }>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** How many times it was to be said since it was said last, this one included; undefined if it is not to be said now. */
  due(key: string): number | undefined {
    const known =
      this.#said.get(key) ?? (this.#said.size < maxKeys ? { nextMs: Number.NEGATIVE_INFINITY, count: 0 } : undefined);
    if (!known) return undefined;
    this.#said.set(key, known);
    known.count += 1;
    const now = this.#nowMs();
    if (now < known.nextMs) return undefined;
    const { count } = known;
    known.count = 0;
    known.nextMs = now + everyMs;
    return count;
  }
}
