import type { Session } from "./session.ts";
import type { Pushed } from "./session-window.ts";

/** Where sessions are kept beyond the process, if anywhere. */
export interface SessionStore {
  /** A session is new, or its user or what it has confirmed has changed. */
  save(session: Session): void;
  appended(session: Session, offset: number, entry: Pushed): void;
  /** Everything up to an offset is gone from its window. */
  trimmed(session: Session, offset: number): void;
  remove(session: Session): void;
  /** Calls back once everything said before is kept. */
  kept(run: () => void): void;
}

/** Keeps nothing: the memory of the process is all there is. */
export const noStore: SessionStore = {
  save() {},
  appended() {},
  trimmed() {},
  remove() {},
  kept: (run) => run(),
};
