import type { Session } from "./session.ts";
import type { SessionStore } from "./session-store.ts";
import type { Pushed } from "./session-window.ts";

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
  /** Sessions with messages, the one that was pushed to least recently first. */
  readonly #filled = new Set<Session>();
  #bytes = 0;

  constructor(limits: WindowLimits, store: SessionStore) {
    this.#limits = limits;
    this.#store = store;
  }

  /** Bytes that are kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds a message to a session's window and makes room for it. */
  append(session: Session, entry: Pushed): void {
    const { window } = session;
    const offset = window.append(entry);
    this.#store.appended(session, offset, entry);
    this.#restored(session, entry);
    const { messages, bytes } = this.#limits;
    this.#drop(session, () => window.size > messages || (window.bytes > bytes && window.size > 1));
    this.#makeRoom();
  }

  /** A message was read from where it was kept. */
  restore(session: Session, entry: Pushed): void {
    session.window.append(entry);
    this.#restored(session, entry);
  }

  /** Drops what a client has confirmed, up to an offset. */
  trim(session: Session, offset: number): void {
    this.#drop(session, () => session.window.gone < offset);
  }

  /** A session has ended. */
  remove(session: Session): void {
    this.#bytes -= session.window.bytes;
    this.#filled.delete(session);
  }

  /** Drops what is too old. */
  sweep(now: number): void {
    const before = now - this.#limits.timeMs;
    for (const session of [...this.#filled]) {
      const { window } = session;
      this.#drop(session, () => window.oldest !== undefined && window.oldest.atMs < before);
    }
  }

  #restored(session: Session, { bytes }: Pushed): void {
    this.#bytes += bytes;
    this.#filled.delete(session);
    this.#filled.add(session);
  }

  #makeRoom(): void {
    if (this.#bytes <= this.#limits.totalBytes) return;
    for (const session of this.#filled) {
      this.#drop(session, () => this.#bytes > this.#limits.totalBytes);
      if (this.#bytes <= this.#limits.totalBytes) return;
    }
  }

  /** Drops the oldest as long as it should. */
  #drop(session: Session, should: () => boolean): void {
    const { window } = session;
    const before = window.gone;
    while (window.size > 0 && should()) {
      const dropped = window.dropOldest();
      this.#bytes -= dropped?.bytes ?? 0;
      if (dropped) session.unkept(window.gone, dropped);
    }
    if (window.gone === before) return;
    this.#store.trimmed(session, window.gone);
    if (window.size === 0) this.#filled.delete(session);
  }
}
