import type { Desk } from "./desk.ts";
import { Feed, type Sink } from "./feed.ts";
import { closeCodes, type Session, type SessionConnection } from "./session.ts";
import type { Opened } from "./sessions.ts";
import type { User } from "./user.ts";

/** A connection, as a session ends it. */
export interface LiveSink extends Sink {
  /** Ends the connection, and says why. Called once, unless the connection ended by itself. */
  finish(code: number, reason: string): void;
}

/** A session with its present connection. */
export class LiveSession implements SessionConnection {
  readonly session: Session;
  readonly #desk: Desk;
  readonly #sink: LiveSink;
  readonly #feed: Feed;
  #isEnded = false;
  #signOut: (() => void) | undefined;

  /** Counts the connection for the session's user. Throws a Denied if that has too many. */
  constructor(desk: Desk, { session, offset }: Opened, sink: LiveSink) {
    this.session = session;
    this.#desk = desk;
    this.#sink = sink;
    this.#feed = new Feed(session, sink, desk.feedLimits, offset);
    const { user } = session;
    try {
      if (user) this.#signOut = desk.connections.signedIn(user.id);
    } catch (error) {
      desk.sessions.disconnect(session, this);
      throw error;
    }
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** The client has been told what to expect: the messages follow. */
  start(): void {
    this.#desk.sessions.connect(this.session, this);
    this.wake();
  }

  /** A user shows a token. Throws a Denied, and changes nothing, if the user has too many connections, or it is another user's session. */
  signIn(user: User): void {
    const { connections, sessions } = this.#desk;
    const isCounted = this.#signOut !== undefined;
    this.#signOut ??= connections.signedIn(user.id);
    try {
      sessions.refresh(this.session, user);
    } catch (error) {
      if (!isCounted) {
        this.#signOut();
        this.#signOut = undefined;
      }
      throw error;
    }
  }

  wake(): void {
    if (this.#isEnded || this.#feed.pump()) return;
    this.end(closeCodes.slow, "too slow: come back, what was missed is kept");
  }

  end(code: number, reason: string): void {
    if (this.#isEnded) return;
    this.gone();
    this.#sink.finish(code, reason);
  }

  /** The connection has ended by itself. */
  gone(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#signOut?.();
    this.#desk.sessions.disconnect(this.session, this);
  }
}
