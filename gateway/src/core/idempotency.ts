/** How much is remembered of answers, and for how long. */
export interface IdempotencyLimits {
  readonly ttlMs: number;
  readonly maxAnswers: number;
  readonly maxBytes: number;
}

/** What became of the first call with a key. */
export type Earlier<Answer> =
  | { readonly kind: "none" }
  | { readonly kind: "running" }
  | { readonly kind: "other" }
  | { readonly kind: "answered"; readonly answer: Answer };

interface Remembered<Answer> {
  readonly fingerprint: string;
  readonly untilMs: number;
  answer: Answer | undefined;
  bytes: number;
}

/** What an entry costs beside its answer, in bytes. */
const overheadBytes = 300;

/**
 * Remembers answers by the key of their call, so that a call that is made again has no second effect:
 * draft-ietf-httpapi-idempotency-key-header. Entries are in the order in which they end, as all live equally long.
 */
export class IdempotentCalls<Answer> {
  readonly #limits: IdempotencyLimits;
  readonly #calls = new Map<string, Remembered<Answer>>();
  #bytes = 0;

  constructor(limits: IdempotencyLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#calls.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Starts a call, unless there was one with this key. `fingerprint` tells whether it was the same one. */
  start(key: string, fingerprint: string, now: number): Earlier<Answer> {
    this.#forget(now);
    const earlier = this.#calls.get(key);
    if (!earlier) {
      const untilMs = now + this.#limits.ttlMs;
      this.#calls.set(key, { fingerprint, untilMs, answer: undefined, bytes: overheadBytes });
      this.#bytes += overheadBytes;
      return { kind: "none" };
    }
    if (earlier.fingerprint !== fingerprint) return { kind: "other" };
    return earlier.answer === undefined ? { kind: "running" } : { kind: "answered", answer: earlier.answer };
  }

  /** The call has its answer, of so many bytes. */
  answered(key: string, answer: Answer, bytes: number): void {
    const call = this.#calls.get(key);
    if (!call) return;
    call.answer = answer;
    call.bytes += bytes;
    this.#bytes += bytes;
  }

  /** The call had no effect, and may be made anew. */
  undone(key: string): void {
    this.#remove(key);
  }

  #forget(now: number): void {
    const { maxAnswers, maxBytes } = this.#limits;
    for (const [key, { untilMs }] of this.#calls) {
      if (untilMs > now && this.#calls.size < maxAnswers && this.#bytes < maxBytes) return;
      this.#remove(key);
    }
  }

  #remove(key: string): void {
    const call = this.#calls.get(key);
    if (!call) return;
    this.#calls.delete(key);
    this.#bytes -= call.bytes;
  }
}
