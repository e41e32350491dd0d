import type { Incoming } from "./bus.ts";
import type { Received } from "./received.ts";
import type { Ending, HandledObserver, Seat } from "./seat.ts";

/** Time, as deadlines need it: milliseconds of the clock that `Incoming.dueMs` is of. */
export interface DeadlineClock {
  readonly now: () => number;
  /** Calls `run` once, `delayMs` from now. Returns what calls it off. */
  readonly after: (delayMs: number, run: () => void) => () => void;
}

/** What keeping account of deliveries needs. */
export interface OutstandingOptions {
  readonly seat: Pick<Seat, "received" | "settle">;
  readonly observer: HandledObserver;
  /** The app settles each message. If not, a message is done once the connection has taken its bytes. */
  readonly settlesItself: boolean;
  readonly clock: DeadlineClock;
}

/** A message that an app was given, until it is settled. */
interface Outstanding {
  readonly incoming: Incoming;
  readonly key: string;
  readonly received: Received;
  readonly startedMs: number;
  /** The connection has taken its bytes: the app may have seen it. */
  isWritten: boolean;
}

/** No timer waits for longer, in milliseconds: setTimeout takes no more. */
const longestWaitMs = 0x7fff_ffff;

/** What an app was given by a connection and has not settled. Bounded by the window that the bus keeps to. */
export class OutstandingDeliveries {
  readonly #options: OutstandingOptions;
  readonly #outstanding = new Set<Outstanding>();
  /** By key, oldest first: where keys are ids of messages, two may have the same, as ids are the apps' own. */
  readonly #byKey = new Map<string, Outstanding[]>();
  /** When the earliest deadline is looked at, and what calls that off. */
  #wakeMs = Number.POSITIVE_INFINITY;
  #cancelWake: (() => void) | undefined;

  constructor(options: OutstandingOptions) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#outstanding.size === 0;
  }

  /** The connection is given a message, which the app settles by this key. The result says whether it took the bytes. */
  add(incoming: Incoming, key: string): (error: Error | null | undefined) => void {
    const { seat, clock, settlesItself } = this.#options;
    const received = seat.received.add(incoming);
    const outstanding = { incoming, key, received, startedMs: clock.now(), isWritten: false };
    this.#outstanding.add(outstanding);
    if (settlesItself) this.#remember(outstanding);
    return (error) => {
      // Not all of its bytes left this process: no app has seen the message.
      if (error) return this.#settle(outstanding, "returned");
      outstanding.isWritten = true;
      if (!settlesItself) this.#settle(outstanding, "done");
    };
  }

  /** The app settles a message. False if it has none of this key. */
  settle(key: string, ending: Ending): boolean {
    const [oldest] = this.#byKey.get(key) ?? [];
    if (!oldest) return false;
    this.#settle(
      oldest,
      ending,
      ending === "dead" ? "The app settled the message as dead: the payload may be wrong." : undefined,
    );
    return true;
  }

  /** The connection is gone: what the app cannot have seen goes elsewhere. */
  giveUp(): void {
    for (const outstanding of this.#outstanding) {
      if (outstanding.isWritten) this.#settle(outstanding, "failed", "The app left before it settled the message.");
      else this.#settle(outstanding, "returned");
    }
    this.#cancelWake?.();
  }

  #settle(outstanding: Outstanding, ending: Ending, detail?: string): void {
    if (!this.#outstanding.delete(outstanding)) return;
    const { seat, observer, clock, settlesItself } = this.#options;
    const { incoming, received, startedMs } = outstanding;
    if (settlesItself) this.#forget(outstanding);
    if (ending === "done") seat.received.handled(received);
    else seat.received.failed(received);
    if (ending !== "returned") observer.handled(incoming.name, ending, (clock.now() - startedMs) / 1000);
    seat.settle(incoming, ending, detail);
  }

  #remember(outstanding: Outstanding): void {
    const same = this.#byKey.get(outstanding.key);
    if (same) same.push(outstanding);
    else this.#byKey.set(outstanding.key, [outstanding]);
    if (outstanding.incoming.dueMs < this.#wakeMs) this.#wakeAt(outstanding.incoming.dueMs);
  }

  #forget(outstanding: Outstanding): void {
    const others = this.#byKey.get(outstanding.key)?.filter((each) => each !== outstanding) ?? [];
    if (others.length > 0) this.#byKey.set(outstanding.key, others);
    else this.#byKey.delete(outstanding.key);
  }

  #wakeAt(dueMs: number): void {
    const { now, after } = this.#options.clock;
    this.#cancelWake?.();
    this.#wakeMs = dueMs;
    this.#cancelWake = after(Math.min(Math.max(0, dueMs - now()), longestWaitMs), () => this.#expire());
  }

  /** An app that forgets to settle a message must not lose the room for another for good. */
  #expire(): void {
    const nowMs = this.#options.clock.now();
    let nextMs = Number.POSITIVE_INFINITY;
    for (const outstanding of this.#outstanding) {
      const { dueMs } = outstanding.incoming;
      if (dueMs > nowMs) nextMs = Math.min(nextMs, dueMs);
      else if (outstanding.isWritten)
        this.#settle(outstanding, "failed", "The app did not settle the message within its deadline.");
      else this.#settle(outstanding, "returned");
    }
    this.#wakeMs = Number.POSITIVE_INFINITY;
    this.#cancelWake = undefined;
    if (nextMs !== Number.POSITIVE_INFINITY) this.#wakeAt(nextMs);
  }
}
