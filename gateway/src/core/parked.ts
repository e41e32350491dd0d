import type { Incoming } from "./bus.ts";
import type { CreditShare } from "./credit-share.ts";
import type { Session } from "./session.ts";
import type { Target } from "./user.ts";

/** Whose messages wait: a session or a user that is not known. */
export type ParkedKind = "target";

/** What may wait for one session or user, of all that may wait. */
export const parkedFractions: Readonly<Record<ParkedKind, number>> = { target: 0.1 };

interface Waiting {
  readonly incoming: Incoming;
  readonly untilMs: number;
}

/** Messages for sessions and users that are not known, but may be about to come: after a restart, or a change of networks. */
export class Parked {
  readonly #waitMs: number;
  readonly #share: CreditShare<ParkedKind>;
  readonly #byTarget = new Map<string, Waiting[]>();
  #size = 0;

  /** `waitMs`: how long a message waits. */
  constructor(waitMs: number, share: CreditShare<ParkedKind>) {
    this.#waitMs = waitMs;
    this.#share = share;
  }

  get size(): number {
    return this.#size;
  }

  /** Keeps a message for a while. False: too many wait already, for this session or user, or in all. */
  add(incoming: Incoming, target: Target, now: number): boolean {
    const key = keyOf(target.sessionId, target.user);
    if (this.#waitMs === 0 || !this.#share.take({ target: key }, bytesOf(incoming))) return false;
    const waiting = { incoming, untilMs: Math.min(incoming.dueMs, now + this.#waitMs) };
    const list = this.#byTarget.get(key);
    if (list) list.push(waiting);
    else this.#byTarget.set(key, [waiting]);
    this.#size += 1;
    return true;
  }

  /** Takes out what waits for a session, and for its user. */
  take({ id, user }: Session): Incoming[] {
    if (this.#size === 0) return [];
    const keys = [keyOf(id, undefined), ...(user ? [keyOf(undefined, user.id)] : [])];
    return keys.flatMap((key) => {
      const list = this.#byTarget.get(key) ?? [];
      this.#byTarget.delete(key);
      for (const { incoming } of list) this.#out(key, incoming);
      return list.map(({ incoming }) => incoming);
    });
  }

  /** Takes out what has waited long enough. */
  overdue(now: number): Incoming[] {
    const overdue: Incoming[] = [];
    for (const [key, list] of this.#byTarget) {
      const left = list.filter(({ untilMs }) => untilMs > now);
      if (left.length === list.length) continue;
      for (const { incoming, untilMs } of list) {
        if (untilMs > now) continue;
        overdue.push(incoming);
        this.#out(key, incoming);
      }
      if (left.length === 0) this.#byTarget.delete(key);
      else this.#byTarget.set(key, left);
    }
    return overdue;
  }

  #out(key: string, incoming: Incoming): void {
    this.#size -= 1;
    this.#share.release({ target: key }, bytesOf(incoming));
  }
}

function bytesOf({ envelope }: Incoming): number {
  return envelope.payload.byteLength;
}

/** A user's message is for all sessions of that user, whichever it names. */
function keyOf(sessionId: string | undefined, user: string | undefined): string {
  return user === undefined ? `session ${sessionId}` : `user ${user}`;
}
