import type { Incoming, Settle } from "./bus.ts";
import type { CreditShare } from "./credit-share.ts";

/** Kinds of holders of messages that wait for a confirmation. */
export type AwaitedKind = "session" | "user" | "address";

/**
 * What one holder of each kind may have unconfirmed, of all that may be. A client that works through what it gets has some
 * messages at once; a user has several devices; behind an address may be an office.
 */
export const awaitedFractions: Readonly<Record<AwaitedKind, number>> = { session: 0.1, user: 0.2, address: 0.5 };

/** A session whose client is waited for. */
export interface AwaitedSession {
  readonly id: string;
  readonly user: { readonly id: string } | undefined;
  /** The address that its client was last seen at. */
  readonly address: string | undefined;
}

/** A delivery that the bus wants settled once a client has confirmed it, or too late. */
export class Awaited {
  readonly incoming: Incoming;
  /** Until when a client may confirm it. */
  readonly dueMs: number;
  /** Sessions whose clients may confirm it yet. */
  readonly #sessions: Set<AwaitedSession>;
  readonly #ended: (awaited: Awaited) => void;
  /** A session that went away has it in its window. */
  #isKept = false;
  #isSettled = false;
  readonly #settle: Settle;

  constructor(
    incoming: Incoming,
    sessions: readonly AwaitedSession[],
    dueMs: number,
    settle: Settle,
    ended: (awaited: Awaited) => void,
  ) {
    this.incoming = incoming;
    this.#sessions = new Set(sessions);
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

  /**
   * A session is not waited for any more, as its client went away. What its window keeps is done once nobody else is waited
   * for; what no window keeps has failed.
   */
  leave(session: AwaitedSession, isKept: boolean): void {
    if (!this.#sessions.delete(session)) return;
    this.#isKept ||= isKept;
    if (this.#sessions.size > 0) return;
    if (this.#isKept) this.confirm();
    else this.#end(() => this.#settle(this.incoming, "failed", "The client that it is for went away."));
  }

  #end(settle: () => void): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    settle();
    this.#ended(this);
  }
}

/** The deliveries that wait for a client to confirm them: a share of what the bus gives the gateway at once. */
export class AwaitedDeliveries {
  readonly #open = new Set<Awaited>();
  readonly #settle: Settle;
  readonly #timeoutMs: number;
  readonly #share: CreditShare<AwaitedKind>;

  constructor(settle: Settle, timeoutMs: number, share: CreditShare<AwaitedKind>) {
    this.#settle = settle;
    this.#timeoutMs = timeoutMs;
    this.#share = share;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Starts to wait until one of some sessions confirms. Undefined: they have their share unconfirmed already. */
  add(incoming: Incoming, sessions: readonly AwaitedSession[], now: number): Awaited | undefined {
    const [first] = sessions;
    if (!first) return undefined;
    // A user's message counts once, however many devices it goes to: the first that confirms it ends the wait.
    const holders = {
      session: sessions.length === 1 ? first.id : undefined,
      user: first.user?.id,
      address: first.address,
    };
    const bytes = incoming.envelope.payload.byteLength;
    if (!this.#share.take(holders, bytes)) return undefined;
    const dueMs = Math.min(incoming.dueMs, now + this.#timeoutMs);
    const awaited = new Awaited(incoming, sessions, dueMs, this.#settle, (ended) => {
      this.#open.delete(ended);
      this.#share.release(holders, bytes);
    });
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
