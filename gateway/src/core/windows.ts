import { FairEviction } from "@exosphere/collections";
import type { Session } from "./session.ts";
import type { SessionStore } from "./session-store.ts";
import type { Pushed, SessionWindow } from "./session-window.ts";

/** How much of what was pushed is kept. */
export interface WindowLimits {
  /** Messages of one session. */
  readonly messages: number;
  /** Bytes of one session. */
  readonly bytes: number;
  /** How long a message is kept. */
  readonly timeMs: number;
  /** Bytes of all sessions together. */
  readonly totalBytes: number;
}

/** The windows of all sessions, within their limits. */
export class Windows {
  readonly #limits: WindowLimits;
  readonly #store: SessionStore;
  /** Sessions with messages, by their owners: a flood evicts messages of its own owner. */
  readonly #filled = new FairEviction<Session>();

  constructor(limits: WindowLimits, store: SessionStore) {
    this.#limits = limits;
    this.#store = store;
  }

  /** Bytes that are kept. */
  get bytes(): number {
    return this.#filled.used;
  }

  /** Adds a message to a session's window and makes room for it. */
  append(session: Session, entry: Pushed): void {
    const { window } = session;
    const offset = window.append(entry);
    this.#store.appended(session, offset, entry);
    this.#weigh(session);
    const { messages, bytes } = this.#limits;
    this.#drop(session, () => window.size > messages || (window.bytes > bytes && window.size > 1));
    this.#makeRoom();
  }

  /** A message was read from where it was kept. */
  restore(session: Session, entry: Pushed): void {
    session.window.append(entry);
    this.#weigh(session);
  }

  /** Drops what a client has confirmed, up to an offset. */
  trim(session: Session, offset: number): void {
    this.#drop(session, () => session.window.gone < offset);
  }

  /** A session has ended. */
  remove(session: Session): void {
    this.#filled.delete(session);
  }

  /** Drops what is too old. */
  sweep(now: number): void {
    const before = now - this.#limits.timeMs;
    for (const session of this.#filled.entries()) {
      const { window } = session;
      this.#drop(session, () => window.oldest !== undefined && window.oldest.atMs < before);
    }
  }

  #weigh(session: Session): void {
    this.#filled.set(session, session.owner, session.window.bytes);
  }

  /** Drops messages of the owner with most bytes, beginning with its session that was pushed to least recently. */
  #makeRoom(): void {
    const { totalBytes } = this.#limits;
    for (let over = this.bytes - totalBytes; over > 0; over = this.bytes - totalBytes) {
      const session = this.#filled.next();
      if (!session) return;
      const before = session.window.bytes;
      this.#drop(session, ({ bytes }) => before - bytes < over);
    }
  }

  /** Drops the oldest as long as it should. */
  #drop(session: Session, should: (window: SessionWindow) => boolean): void {
    const { window } = session;
    const before = window.gone;
    while (window.size > 0 && should(window)) {
      const dropped = window.dropOldest();
      if (dropped) session.unkept(window.gone, dropped);
    }
    if (window.gone === before) return;
    this.#store.trimmed(session, window.gone);
    if (window.bytes > 0) this.#filled.resize(session, window.bytes);
    else this.#filled.delete(session);
  }
}
