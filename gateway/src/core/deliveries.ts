import { jsonForClient } from "@exosphere/message";
import type { Awaited, AwaitedDeliveries } from "./awaited.ts";
import type { Incoming, Settle } from "./bus.ts";
import type { Clock } from "./clock.ts";
import type { Parked } from "./parked.ts";
import type { Rights } from "./rights.ts";
import type { Session } from "./session.ts";
import type { SessionStore } from "./session-store.ts";
import type { Pushed } from "./session-window.ts";
import type { Sessions } from "./sessions.ts";
import { targetOf } from "./user.ts";
import type { Windows } from "./windows.ts";

/** What became of a push. `exo_gateway_pushed_total` calls some of them otherwise. */
export type PushOutcome = "ok" | "no_auth" | "no_session" | "not_allowed" | "returned";

/** What pushing needs. */
export interface DeliveriesOptions {
  readonly sessions: Sessions;
  readonly windows: Windows;
  readonly store: SessionStore;
  readonly awaited: AwaitedDeliveries;
  readonly parked: Parked;
  readonly rights: () => Rights;
  readonly settle: Settle;
  readonly clock: Clock;
  readonly pushed: (outcome: PushOutcome, incoming: Incoming, count: number) => void;
}

/** What a message costs in a window beside its text: the entry and its place, in bytes. */
const overheadBytes = 120;

/** Brings messages from the bus to the sessions that their `auth` names. */
export class Deliveries {
  readonly #options: DeliveriesOptions;
  #isDraining = false;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
  }

  /** A message from the bus. */
  deliver(incoming: Incoming): void {
    if (this.#isDraining) return this.#giveUp(incoming, "returned");
    const target = targetOf(incoming.envelope.auth);
    if (!target) return this.#giveUp(incoming, "no_auth");
    const sessions = [...this.#options.sessions.of(target.sessionId, target.user)];
    if (sessions.length > 0) return this.#push(incoming, sessions);
    const { parked, clock } = this.#options;
    const isWaitedFor = this.#options.sessions.mayCome(target.sessionId, target.user);
    if (!isWaitedFor || !parked.add(incoming, target, clock.now())) this.#giveUp(incoming, "no_session");
  }

  /** A session, or its user, has come: what waited for it goes there. */
  arrived(session: Session): void {
    for (const incoming of this.#options.parked.take(session)) this.#push(incoming, [session]);
  }

  /** Gives up what waited too long for somebody. */
  sweep(now: number): void {
    for (const incoming of this.#options.parked.overdue(now)) this.#giveUp(incoming, "no_session");
  }

  /** Hands everything back that no session has. */
  drain(): void {
    this.#isDraining = true;
    for (const incoming of this.#options.parked.overdue(Number.POSITIVE_INFINITY)) this.#giveUp(incoming, "returned");
  }

  /** A client has dealt with everything up to an offset. */
  confirm(session: Session, offset: number): void {
    const { windows, store } = this.#options;
    const { window } = session;
    const until = Math.min(offset, window.last);
    if (until <= session.acked) return;
    session.confirmUnkept(until);
    for (let each = Math.max(session.acked, window.gone) + 1; each <= until; each += 1)
      window.at(each)?.awaited?.confirm();
    session.acked = until;
    windows.trim(session, until);
    store.save(session);
  }

  /** The client of a session has gone, or confirms no more: nothing waits for it. `isKept`: it may come back for its window. */
  left(session: Session, isKept: boolean): void {
    const { window } = session;
    session.leaveUnkept();
    for (let each = Math.max(session.acked, window.gone) + 1; each <= window.last; each += 1)
      window.at(each)?.awaited?.leave(session, isKept);
  }

  #push(incoming: Incoming, sessions: readonly Session[]): void {
    const { rights, pushed, awaited, clock, store, settle } = this.#options;
    const current = rights();
    const allowed = sessions.filter(({ user }) => current.mayReceive(incoming.name, user));
    if (allowed.length < sessions.length) pushed("not_allowed", incoming, sessions.length - allowed.length);
    if (allowed.length === 0) return settle(incoming, "dead", "No client that it is for may receive it.");
    const takers = allowed.filter((session) => session.wants(incoming.name));
    // An absent client holds no credit of others: its messages wait in its window, as do those beyond a share.
    const confirming = takers.filter(({ isConfirming }) => isConfirming);
    const waits = awaited.add(incoming, confirming, clock.now());
    const entry = this.#entryOf(incoming);
    for (const session of takers)
      this.#append(session, entry, incoming, confirming.includes(session) ? waits : undefined);
    pushed("ok", incoming, takers.length);
    if (waits) return;
    store.kept(() => settle(incoming, "done"));
  }

  #append(
    session: Session,
    entry: Omit<Pushed, "awaited">,
    { attempt, id, dueMs }: Incoming,
    awaited: Awaited | undefined,
  ): void {
    // Brought again, as nobody confirmed it or the process that had it died: the session may have it already.
    const mayBeKnown = attempt > 1 || session.isRestored;
    const known = mayBeKnown ? session.window.find((each) => each.id === id && isSame(each, entry)) : undefined;
    if (known) known.awaited = awaited;
    else {
      this.#options.windows.append(session, { ...entry, awaited });
      if (entry.returnPath) session.asked(id, entry.returnPath, dueMs);
    }
    const { connection } = session;
    if (connection) this.#options.store.kept(() => connection.wake());
  }

  #entryOf(incoming: Incoming): Omit<Pushed, "awaited"> {
    const body = bodyOf(incoming);
    const { returnPath, activityId } = incoming;
    return {
      body,
      bytes: body.length + overheadBytes,
      id: incoming.id,
      atMs: this.#options.clock.now(),
      returnPath: returnPath && { ...returnPath, activityId },
    };
  }

  #giveUp(incoming: Incoming, why: "no_auth" | "no_session" | "returned"): void {
    const { settle, pushed } = this.#options;
    pushed(why, incoming, 1);
    if (why === "returned") settle(incoming, "returned");
    // For nobody here, which is as usual: a reply to a service comes by as a copy, since this role receives its name.
    else if (why === "no_auth") settle(incoming, "done");
    else settle(incoming, "dead", "The client that it is for is not there.");
  }
}

/** Ids are their senders' own, who may use one twice. What the bus took at another moment is another message. */
function isSame(one: Pick<Pushed, "body">, other: Pick<Pushed, "body">): boolean {
  return timestamped(one.body) === timestamped(other.body);
}

/** A message up to its timestamp: what follows, as the attempt, changes when it is brought again. */
function timestamped(body: string): string {
  return body.slice(0, body.lastIndexOf(',"responseTime":'));
}

/** A message as clients get it, but for its opening brace. */
function bodyOf(incoming: Incoming): string {
  return jsonForClient(incoming).slice(1);
}
