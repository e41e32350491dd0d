import type { Desk } from "./desk.ts";
import { Feed, type Sink } from "./feed.ts";
import { closeCodes, type Session, type SessionConnection } from "./session.ts";
import type { Opened } from "./sessions.ts";

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
    this.countUser();
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** The client has been told what to expect: the messages follow. */
  start(): void {
    this.#desk.sessions.connect(this.session, this);
    this.wake();
  }

  /** The session was signed in. Throws a Denied if its user has too many connections. */
  countUser(): void {
    const { user } = this.session;
    if (user && !this.#signOut) this.#signOut = this.#desk.connections.signedIn(user.id);
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
