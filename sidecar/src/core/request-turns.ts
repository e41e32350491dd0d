import type { Incoming } from "./bus.ts";
import type { DeadlineClock } from "./outstanding.ts";
import type { ReceivedMessages, ReplyHabit } from "./received.ts";

/** Dependencies of the turns of requests. */
export interface RequestTurnsOptions {
  readonly received: Pick<ReceivedMessages, "blockedUntilMs" | "watchAnswers">;
  /** How this kind of connection is known to reply, until it has shown how it does. */
  readonly habit: ReplyHabit;
  readonly clock: DeadlineClock;
  /** A request's deadline passed while it waited for its turn: the app has not seen it. */
  readonly expired: (incoming: Incoming) => void;
}

/** A request that waits until the one before it is answered. */
interface Waiting {
  readonly incoming: Incoming;
  readonly give: () => void;
}

/**
 * Gives an app that replies without `responseTo` one request of an activity at a time: two at once could not be told apart by
 * their activity, and their requesters would get each other's answers. The next one is given once the app has sent a message in
 * the activity, which is or may be the answer, or once the earlier one failed or expired. Other messages are not held up, nor
 * are requests that arrive after the app has sent something: the answer to the first may depend on them.
 */
export class RequestTurns {
  readonly #options: RequestTurnsOptions;
  readonly #waiting = new Map<string, Waiting[]>();
  readonly #wakeUps = new Map<string, () => void>();
  readonly #unwatch: () => void;

  constructor(options: RequestTurnsOptions) {
    this.#options = options;
    this.#unwatch = options.received.watchAnswers((activityId) => this.#look(activityId));
  }

  /** Whether no request waits for its turn. */
  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  /** Gives a message at once, or, if it is a request, when it is its turn. */
  take(incoming: Incoming, give: () => void): void {
    if (incoming.returnPath === undefined) return give();
    const { activityId } = incoming;
    const waiting = this.#waiting.get(activityId);
    if (waiting) waiting.push({ incoming, give });
    else if (this.#blockedUntilMs(activityId) === 0) return give();
    else this.#waiting.set(activityId, [{ incoming, give }]);
    this.#wakeLater(activityId);
  }

  /** Takes back what the app was not given yet. */
  release(): Incoming[] {
    for (const cancel of this.#wakeUps.values()) cancel();
    const left = [...this.#waiting.values()].flatMap((all) => all.map(({ incoming }) => incoming));
    this.#waiting.clear();
    this.#wakeUps.clear();
    return left;
  }

  /** Ends the turns for good. Returns what the app was not given. */
  close(): Incoming[] {
    this.#unwatch();
    return this.release();
  }

  #blockedUntilMs(activityId: string): number {
    const { received, clock, habit } = this.#options;
    return received.blockedUntilMs(activityId, clock.now(), habit);
  }

  /** Gives what may be given of an activity, and drops what expired. */
  #look(activityId: string): void {
    const waiting = this.#waiting.get(activityId);
    if (!waiting) return;
    this.#dropExpired(waiting);
    while (waiting.length > 0 && this.#blockedUntilMs(activityId) === 0) waiting.shift()?.give();
    if (waiting.length > 0) return this.#wakeLater(activityId);
    this.#waiting.delete(activityId);
    this.#wakeUps.get(activityId)?.();
    this.#wakeUps.delete(activityId);
  }

  #dropExpired(waiting: Waiting[]): void {
    const nowMs = this.#options.clock.now();
    const expired = waiting.filter(({ incoming }) => incoming.dueMs <= nowMs);
    for (const each of expired) {
      waiting.splice(waiting.indexOf(each), 1);
      this.#options.expired(each.incoming);
    }
  }

  /** Looks again when the request before expires, or one that waits does. */
  #wakeLater(activityId: string): void {
    const { clock } = this.#options;
    let atMs = this.#blockedUntilMs(activityId);
    for (const { incoming } of this.#waiting.get(activityId) ?? []) atMs = Math.min(atMs, incoming.dueMs);
    this.#wakeUps.get(activityId)?.();
    this.#wakeUps.delete(activityId);
    if (atMs === Number.POSITIVE_INFINITY) return;
    this.#wakeUps.set(
      activityId,
      clock.after(Math.max(1, atMs - clock.now()), () => this.#look(activityId)),
    );
  }
}
