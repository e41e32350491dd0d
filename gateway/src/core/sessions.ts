import { FairEviction } from "@exosphere/collections";
import type { Clock } from "./clock.ts";
import { Denied } from "./denied.ts";
import { closeCodes, Session, type SessionConnection, type Wishes } from "./session.ts";
import type { SessionStore } from "./session-store.ts";
import type { SessionTokens, TokenParts } from "./session-token.ts";
import type { User } from "./user.ts";
import type { Windows } from "./windows.ts";

/** What the sessions are kept by. */
export interface SessionsOptions {
  readonly tokens: SessionTokens;
  readonly windows: Windows;
  readonly store: SessionStore;
  readonly clock: Clock;
  /** How long a session outlives its connection. */
  readonly ttlMs: number;
  readonly maxSessions: number;
  /** A session, or its user, is there from now on. */
  readonly arrived: (session: Session) => void;
  /** Its client has gone, or no longer confirms. `isKept`: it may come back for its window, as the session has not ended. */
  readonly left: (session: Session, isKept: boolean) => void;
}

/** Ended sessions that are remembered, as nobody comes back to them: some 100 bytes each. */
const maxEnded = 10_000;

/** What a client says of itself when it connects. */
export interface Asked {
  /** Its session token, if it was here before. */
  readonly session?: string | undefined;
  /** The last offset that it has. */
  readonly offset?: number | undefined;
  /** Who its token says that it is. */
  readonly user?: User | undefined;
  /** Where it calls from, as limits count it. */
  readonly address: string;
  /** What it wants from now on; undefined: as before. */
  readonly wishes?: Wishes | undefined;
}

/** The session that a client gets, and from where on. */
export interface Opened {
  readonly session: Session;
  /** Whether nothing is missing after the client's offset. */
  readonly recovered: boolean;
  /** What follows begins after this offset. */
  readonly offset: number;
}

/** All sessions, by their ids and users. */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #byId = new Map<string, Session>();
  readonly #byUser = new Map<string, Set<Session>>();
  /** Those without a connection, and when they end: in the order of that, as all have the same time. */
  readonly #absent = new Map<Session, number>();
  /** Sessions without a connection, by owners: where sessions are too many, the oldest one of the owner with most ends. */
  readonly #evictable = new FairEviction<Session>();
  /** Ids of sessions that were ended on purpose, or for others. */
  readonly #ended = new Set<string>();

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** The session of a token, for a call that belongs to it; it is not signed in by that. Undefined: it is not known. Throws a Denied if its user must show a new token. */
  find(token: string, user: User | undefined): Session | undefined {
    const parts = this.#options.tokens.read(token);
    const session = parts && this.#byId.get(parts.id);
    if (!session || !isOwn(session, parts)) return undefined;
    // Signing in makes a new token, which the caller would have to be told.
    if (!session.user) return session;
    return this.#signIn(session, user) ? session : undefined;
  }

  /** The session of a token, though its user's JWT may have expired: to end it. Undefined: it is not known. */
  known(token: string): Session | undefined {
    const parts = this.#options.tokens.read(token);
    const session = parts && this.#byId.get(parts.id);
    return session && parts && isOwn(session, parts) ? session : undefined;
  }

  /** Opens a session, or finds the one that the client had. Throws a Denied. */
  open({ session: token, offset, user, address, wishes }: Asked): Opened {
    const parts = token === undefined ? undefined : this.#options.tokens.read(token);
    const known = parts && this.#byId.get(parts.id);
    if (!parts || !known) return this.#fresh(parts?.id, { user, address, wishes });
    const isSame = isOwn(known, parts);
    // A token from before its client signed in may be in other hands.
    if (!isSame && known.user && !user) throw new Denied("UNAUTHENTICATED", "Send the token of this session's user.");
    if (!this.#signIn(known, user, wishes)) return this.#fresh(undefined, { user, address, wishes });
    known.address = address;
    const { gone, last } = known.window;
    const has = Math.max(offset ?? 0, known.acked);
    const isInReach = isSame && has >= gone && has <= last;
    // What was on its way to a gateway that was killed is lost, without a gap in the offsets.
    const recovered = isInReach && known.incarnation === parts.incarnation;
    return { session: known, recovered, offset: isInReach ? has : gone };
  }

  /** A connection carries the session from now on. The one before it ends. */
  connect(session: Session, connection: SessionConnection): void {
    const before = session.connection;
    session.connection = connection;
    session.isConnecting = false;
    this.#absent.delete(session);
    this.#evictable.delete(session);
    before?.end(closeCodes.takenOver, "another connection took this session over");
  }

  /** A connection has ended, or does not come about. */
  disconnect(session: Session, connection: SessionConnection): void {
    const before = session.connection;
    if (before && before !== connection) return;
    session.connection = undefined;
    session.isConnecting = false;
    if (before) this.#leave(session);
    this.#options.left(session, true);
  }

  /** Whether somebody may come for a message that no session is there for. */
  mayCome(sessionId: string | undefined, user: string | undefined): boolean {
    if (user !== undefined) return true;
    return sessionId !== undefined && this.#options.tokens.isSessionId(sessionId) && !this.#ended.has(sessionId);
  }

  /** The sessions that a message for a session or a user goes to. */
  of(sessionId: string | undefined, user: string | undefined): Iterable<Session> {
    if (user !== undefined) return this.#byUser.get(user) ?? [];
    const session = sessionId === undefined ? undefined : this.#byId.get(sessionId);
    return session ? [session] : [];
  }

  /** Takes over a session that was kept elsewhere. `isCertain`: nothing that was meant for it is lost. */
  restore(session: Session, isCertain = true): void {
    if (!isCertain) {
      session.formerIncarnation = session.incarnation;
      session.incarnation = this.#options.tokens.newIncarnation();
    }
    this.#byId.set(session.id, session);
    if (session.user) this.#index(session, session.user.id);
    this.#leave(session);
  }

  /** A user shows a new token, or an anonymous client its first. Throws a Denied if it is another user's. */
  refresh(session: Session, user: User): void {
    if (this.#signIn(session, user)) return;
    throw new Denied("NOT_ALLOWED", "This session is another user's. Open a new one.");
  }

  /** Ends a session at once. Its client is not expected any more. */
  end(session: Session): void {
    if (!this.#remove(session)) return;
    this.#ended.add(session.id);
    const [oldest] = this.#ended;
    if (this.#ended.size > maxEnded && oldest !== undefined) this.#ended.delete(oldest);
  }

  /** Ends the connections of users whose tokens have ended, and sessions that nobody came back to. */
  sweep(now: number): void {
    for (const [session, untilMs] of this.#absent) {
      if (untilMs > now) break;
      this.#remove(session);
    }
    const wallMs = this.#options.clock.wallMs();
    for (const sessions of this.#byUser.values())
      for (const { user, connection } of sessions)
        if (connection && user && user.expiresMs <= wallMs)
          connection.end(closeCodes.unauthenticated, "the token has expired");
  }

  /** Every session: for the end. */
  all(): IterableIterator<Session> {
    return this.#byId.values();
  }

  #fresh(id: string | undefined, { user, address, wishes }: Pick<Asked, "user" | "address" | "wishes">): Opened {
    const { tokens, store, maxSessions, arrived } = this.#options;
    if (this.#byId.size >= maxSessions) this.#makeRoom();
    const session = new Session(id ?? tokens.newId(), tokens.newIncarnation());
    session.address = address;
    this.#ended.delete(session.id);
    this.#byId.set(session.id, session);
    if (user) this.#identify(session, user);
    if (wishes) this.#prepare(session, wishes);
    store.save(session);
    this.#leave(session);
    arrived(session);
    return { session, recovered: false, offset: 0 };
  }

  /** False: it is another user's. */
  #signIn(session: Session, user: User | undefined, wishes?: Wishes): boolean {
    const { clock, store, arrived } = this.#options;
    const current = session.user;
    if (current && !user && current.expiresMs <= clock.wallMs())
      throw new Denied("UNAUTHENTICATED", "The token of this session's user has expired. Send a new one.");
    if (current && user && current.id !== user.id) return false;
    const isNew = user && !(current?.expiresMs === user.expiresMs && current.claims === user.claims);
    if (isNew) this.#identify(session, user);
    // Before anything goes to it that waited for its user.
    if (wishes) this.#prepare(session, wishes);
    if (isNew || wishes) store.save(session);
    if (isNew && !current) arrived(session);
    return true;
  }

  /** A connection with these wishes follows. */
  #prepare(session: Session, wishes: Wishes): void {
    if (session.isAcking && !wishes.isAcking) this.#options.left(session, true);
    session.wish(wishes);
    session.isConnecting = true;
  }

  #identify(session: Session, user: User): void {
    if (session.user?.id !== user.id) {
      this.#index(session, user.id);
      // Who knew the token of the anonymous session does not become this user.
      session.incarnation = this.#options.tokens.newIncarnation();
      session.formerIncarnation = undefined;
    }
    session.user = user;
    // From now on it counts as the user's.
    if (this.#absent.has(session)) this.#evictable.set(session, session.owner);
  }

  /** False: it has ended already. */
  #remove(session: Session): boolean {
    if (this.#byId.get(session.id) !== session) return false;
    const { windows, store, left } = this.#options;
    this.#byId.delete(session.id);
    this.#absent.delete(session);
    this.#evictable.delete(session);
    if (session.user) this.#unindex(session, session.user.id);
    left(session, false);
    windows.remove(session);
    store.remove(session);
    const { connection } = session;
    session.connection = undefined;
    connection?.end(closeCodes.ended, "this session was ended");
    return true;
  }

  #index(session: Session, user: string): void {
    const sessions = this.#byUser.get(user);
    if (sessions) sessions.add(session);
    else this.#byUser.set(user, new Set([session]));
  }

  #unindex(session: Session, user: string): void {
    const sessions = this.#byUser.get(user);
    sessions?.delete(session);
    if (sessions?.size === 0) this.#byUser.delete(user);
  }

  /** Nobody is connected to it: it ends after a while. */
  #leave(session: Session): void {
    this.#absent.delete(session);
    this.#absent.set(session, this.#options.clock.now() + this.#options.ttlMs);
    this.#evictable.set(session, session.owner);
  }

  /** Forgets a session that is away: the oldest one of the user or address that has most of them. */
  #makeRoom(): void {
    const oldest = this.#evictable.next();
    if (oldest) return this.end(oldest);
    throw new Denied("RATE_LIMITED", `${this.size} sessions are open, as many as there may be. Come back later.`, {
      retryAfterMs: 5_000,
    });
  }
}

/** Whether a token is one of this session's present life. */
function isOwn({ incarnation, formerIncarnation }: Session, parts: TokenParts): boolean {
  return parts.incarnation === incarnation || parts.incarnation === formerIncarnation;
}
