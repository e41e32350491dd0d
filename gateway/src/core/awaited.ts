import type { Incoming, Settle } from "./bus.ts";

/** A delivery that the bus wants settled once a client has confirmed it, or too late. */
export class Awaited {
  readonly incoming: Incoming;
  /** Until when a client may confirm it. */
  readonly dueMs: number;
  readonly #ended: (awaited: Awaited) => void;
  #isSettled = false;
  readonly #settle: Settle;

  constructor(incoming: Incoming, dueMs: number, settle: Settle, ended: (awaited: Awaited) => void) {
    this.incoming = incoming;
    this.dueMs = dueMs;
    this.#settle = settle;
    this.#ended = ended;
  }

  /** Whether the bus still waits. */
  get isOpen(): boolean {
    return !this.#isSettled;
  }

  /** A client has dealt with it. The first one counts. */
  confirm(): void {
    this.#end(() => this.#settle(this.incoming, "done"));
  }

  /** No client has, in time. */
  expire(): void {
    this.#end(() => this.#settle(this.incoming, "failed", "No client confirmed it in time."));
  }

  #end(settle: () => void): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    settle();
    this.#ended(this);
  }
}

/** The deliveries that wait for a client: as many as there is credit at the most. */
export class AwaitedDeliveries {
  readonly #open = new Set<Awaited>();
  readonly #settle: Settle;
  readonly #timeoutMs: number;

  constructor(settle: Settle, timeoutMs: number) {
    this.#settle = settle;
    this.#timeoutMs = timeoutMs;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Starts to wait. */
  add(incoming: Incoming, now: number): Awaited {
    const dueMs = Math.min(incoming.dueMs, now + this.#timeoutMs);
    const awaited = new Awaited(incoming, dueMs, this.#settle, (ended) => this.#open.delete(ended));
    this.#open.add(awaited);
    return awaited;
  }

  /** Gives up what is overdue. */
  sweep(now: number): void {
    for (const awaited of this.#open) if (awaited.dueMs <= now) awaited.expire();
  }

  /** Gives up all. */
  close(): void {
    for (const awaited of this.#open) awaited.expire();
  }
}
