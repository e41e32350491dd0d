import { FairEviction } from "@exosphere/collections";

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
  readonly owner: string;
  answer: Answer | undefined;
  /** Those who made the same call again while it was under way. */
  readonly waiting: ((answer: Answer | undefined) => void)[];
}

/** How many may wait for a call that is under way: each is a lost connection of its client. */
const maxWaiting = 10;

/** What an entry costs beside its answer, in bytes. */
const overheadBytes = 300;

/**
 * Remembers answers by the key of their call, so that a call that is made again has no second effect:
 * draft-ietf-httpapi-idempotency-key-header. Entries are in the order in which they end, as all live equally long. Where they are
 * too many, those of the owner with most are forgotten first.
 */
export class IdempotentCalls<Answer> {
  readonly #limits: IdempotencyLimits;
  readonly #calls = new Map<string, Remembered<Answer>>();
  /** Keys of the calls that have their answers, by their owners. What is under way is never forgotten. */
  readonly #answered = new FairEviction<string>();

  constructor(limits: IdempotencyLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#calls.size;
  }

  get bytes(): number {
    return this.#answered.used + (this.#calls.size - this.#answered.size) * overheadBytes;
  }

  /** Whether there was a call with this key. */
  has(key: string): boolean {
    return this.#calls.has(key);
  }

  /** Starts a call of an owner, unless there was one with this key. `fingerprint` tells whether it was the same one. */
  start(key: string, owner: string, fingerprint: string, now: number): Earlier<Answer> {
    this.#forget(now);
    const earlier = this.#calls.get(key);
    if (!earlier) {
      const untilMs = now + this.#limits.ttlMs;
      this.#calls.set(key, { fingerprint, untilMs, owner, answer: undefined, waiting: [] });
      this.#makeRoom();
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
    this.#answered.set(key, call.owner, overheadBytes + bytes);
    for (const told of call.waiting.splice(0)) told(answer);
    this.#makeRoom();
  }

  /** Waits for the answer of a call that is under way; undefined if it had no effect. False: too many wait. */
  wait(key: string, told: (answer: Answer | undefined) => void): boolean {
    const waiting = this.#calls.get(key)?.waiting;
    if (!waiting || waiting.length >= maxWaiting) return false;
    waiting.push(told);
    return true;
  }

  /** The call had no effect, and may be made anew. */
  undone(key: string): void {
    this.#remove(key);
  }

  #forget(now: number): void {
    for (const [key, { untilMs }] of this.#calls) {
      if (untilMs > now) return;
      this.#remove(key);
    }
  }

  #makeRoom(): void {
    const { maxAnswers, maxBytes } = this.#limits;
    while (this.#calls.size > maxAnswers || this.bytes > maxBytes) {
      const oldest = this.#answered.next();
      if (oldest === undefined) return;
      this.#remove(oldest);
    }
  }

  #remove(key: string): void {
    const call = this.#calls.get(key);
    if (!call) return;
    this.#calls.delete(key);
    this.#answered.delete(key);
    for (const told of call.waiting) told(undefined);
  }
}
