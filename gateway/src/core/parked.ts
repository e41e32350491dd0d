import type { Incoming } from "./bus.ts";
import type { Session } from "./session.ts";
import type { Target } from "./user.ts";

/** How much may wait for clients who are not there, and how long. */
export interface ParkedLimits {
  readonly waitMs: number;
  readonly maxMessages: number;
}

interface Waiting {
  readonly incoming: Incoming;
  readonly untilMs: number;
}

/** Messages for sessions and users that are not known, but may be about to come: after a restart, or a change of networks. */
export class Parked {
  readonly #limits: ParkedLimits;
  readonly #byTarget = new Map<string, Waiting[]>();
  #size = 0;

  constructor(limits: ParkedLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#size;
  }

  /** Keeps a message for a while. False: too many wait already. */
  add(incoming: Incoming, target: Target, now: number): boolean {
    const { waitMs, maxMessages } = this.#limits;
    if (this.#size >= maxMessages || waitMs === 0) return false;
    const waiting = { incoming, untilMs: Math.min(incoming.dueMs, now + waitMs) };
    const key = keyOf(target.sessionId, target.user);
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
      this.#size -= list.length;
      return list.map(({ incoming }) => incoming);
    });
  }

  /** Takes out what has waited long enough. */
  overdue(now: number): Incoming[] {
    const overdue: Incoming[] = [];
    for (const [key, list] of this.#byTarget) {
      const left = list.filter(({ untilMs }) => untilMs > now);
      if (left.length === list.length) continue;
      for (const { incoming, untilMs } of list) if (untilMs <= now) overdue.push(incoming);
      if (left.length === 0) this.#byTarget.delete(key);
      else this.#byTarget.set(key, left);
    }
    this.#size -= overdue.length;
    return overdue;
  }
}

/** A user's message is for all sessions of that user, whichever it names. */
function keyOf(sessionId: string | undefined, user: string | undefined): string {
  return user === undefined ? `session ${sessionId}` : `user ${user}`;
}
