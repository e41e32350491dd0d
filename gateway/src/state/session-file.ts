import { DatabaseSync, type StatementSync } from "node:sqlite";
import { checkDatabase, isDamage, makePrivateDatabase } from "@exosphere/process";
import { SettingsError } from "@exosphere/settings";
import { Session } from "../core/session.ts";
import type { SessionStore } from "../core/session-store.ts";
import type { Pushed } from "../core/session-window.ts";
import { userOfClaims } from "../core/user.ts";

/** Raised when the tables change; a file of another version is refused. */
const formatVersion = 1;

const tables = `
  CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS sessions (
    id TEXT PRIMARY KEY, incarnation TEXT NOT NULL, claims TEXT, acking INTEGER NOT NULL, acked INTEGER NOT NULL,
    names TEXT, last INTEGER NOT NULL, seen INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS messages (
    session TEXT NOT NULL, offset INTEGER NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (session, offset)
  ) WITHOUT ROWID;
`;

/** Times of the process and of the file. */
export interface FileClock {
  now(): number;
  wallMs(): number;
}

/** What happens to a session between two commits. */
interface Change {
  session: Session;
  isRemoved: boolean;
  /** Up to where its messages are gone, or -1. */
  trimmedTo: number;
  readonly appended: { readonly offset: number; readonly entry: Pushed }[];
}

/**
 * Sessions in an SQLite file: everything of one tick in one transaction. Written for a process that dies, not for a machine that
 * loses power (`synchronous=NORMAL`): a commit costs microseconds then, and not an fsync.
 */
export class SessionFile implements SessionStore {
  readonly #database: DatabaseSync;
  readonly #clock: FileClock;
  readonly #failed: (error: unknown) => void;
  readonly #changes = new Map<string, Change>();
  #waiting: (() => void)[] = [];
  #isScheduled = false;
  #isDrained = false;
  readonly #save: StatementSync;
  readonly #remove: StatementSync;
  readonly #append: StatementSync;
  readonly #trim: StatementSync;
  readonly #clear: StatementSync;

  /** Opens the file, or makes it. `failed` is told if it can no longer be written. Throws a SettingsError. */
  constructor(path: string, clock: FileClock, failed: (error: unknown) => void) {
    this.#clock = clock;
    this.#failed = failed;
    try {
      // It holds the key of the session tokens, and what users were sent.
      makePrivateDatabase(path);
      this.#database = new DatabaseSync(path);
      // Two processes with the same sessions would take the clients' messages from each other. One that is being replaced may take a moment to end.
      this.#database.exec(
        "PRAGMA busy_timeout=5000; PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
      );
      checkDatabase(this.#database, path);
      this.#database.exec(tables);
    } catch (error) {
      if (isDamage(error))
        throw new SettingsError([
          `--state: ${path} is damaged (${(error as Error).message}): restore it, or move it away to begin without sessions`,
        ]);
      throw new SettingsError([`--state: ${path} cannot be opened as an SQLite file: ${(error as Error).message}`]);
    }
    const version = this.fact("version", () => new Uint8Array([formatVersion]))[0];
    if (version !== formatVersion)
      throw new SettingsError([
        `--state: ${path} has the format ${version}, but ${formatVersion} is needed: take another file`,
      ]);
    this.#save = this.#database.prepare(
      "INSERT OR REPLACE INTO sessions (id, incarnation, claims, acking, acked, names, last, seen) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    );
    this.#remove = this.#database.prepare("DELETE FROM sessions WHERE id = ?");
    this.#append = this.#database.prepare(
      "INSERT INTO messages (session, offset, id, at, body) VALUES (?, ?, ?, ?, ?)",
    );
    this.#trim = this.#database.prepare("DELETE FROM messages WHERE session = ? AND offset <= ?");
    this.#clear = this.#database.prepare("DELETE FROM messages WHERE session = ?");
  }

  /** Whether the process before this one left everything in the file that was meant for its sessions. Can be asked once. */
  takeCertainty(): boolean {
    const { changes } = this.#database.prepare("DELETE FROM facts WHERE name = 'drained'").run();
    return changes === 1;
  }

  /** Nothing is on its way to the sessions any more: the next process may rely on the file. */
  drained(): void {
    this.#isDrained = true;
  }

  /** A fact that outlives the process: made once, and read from then on. */
  fact(name: string, make: () => Uint8Array): Uint8Array {
    const found = this.#database.prepare("SELECT value FROM facts WHERE name = ?").get(name);
    if (found) return found.value as Uint8Array;
    const value = make();
    this.#database.prepare("INSERT INTO facts (name, value) VALUES (?, ?)").run(name, value);
    return value;
  }

  /** Reads everything that is in it. */
  read(take: (session: Session, messages: readonly Pushed[]) => void): void {
    const messages = this.#database.prepare(
      "SELECT offset, id, at, body FROM messages WHERE session = ? ORDER BY offset",
    );
    for (const row of this.#database.prepare("SELECT * FROM sessions").all()) {
      const rows = messages.all(row.id as string);
      take(
        sessionOf(row, rows.length),
        rows.map((each) => this.#pushedOf(each)),
      );
    }
  }

  save(session: Session): void {
    this.#changeOf(session);
  }

  appended(session: Session, offset: number, entry: Pushed): void {
    this.#changeOf(session).appended.push({ offset, entry });
  }

  trimmed(session: Session, offset: number): void {
    this.#changeOf(session).trimmedTo = offset;
  }

  remove(session: Session): void {
    this.#changeOf(session).isRemoved = true;
  }

  kept(run: () => void): void {
    if (this.#changes.size === 0) return run();
    this.#waiting.push(run);
  }

  /** Writes what was said so far. */
  flush(): void {
    this.#isScheduled = false;
    const changes = [...this.#changes.values()];
    const waiting = this.#waiting;
    this.#changes.clear();
    this.#waiting = [];
    try {
      this.#database.exec("BEGIN");
      for (const change of changes) this.#write(change);
      this.#database.exec("COMMIT");
    } catch (error) {
      // Nobody is told that it is kept. Going on in memory alone would break what was promised.
      this.#failed(error);
      return;
    }
    for (const run of waiting) run();
  }

  close(): void {
    if (!this.#database.isOpen) return;
    this.flush();
    if (this.#isDrained) this.fact("drained", () => new Uint8Array([1]));
    this.#database.close();
  }

  #changeOf(session: Session): Change {
    let change = this.#changes.get(session.id);
    if (change?.session !== session) {
      // A session that was removed and came back in the same tick starts with an empty window.
      if (change) this.flush();
      change = { session, isRemoved: false, trimmedTo: -1, appended: [] };
      this.#changes.set(session.id, change);
    }
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      setImmediate(() => this.#database.isOpen && this.#isScheduled && this.flush());
    }
    return change;
  }

  #write({ session, isRemoved, trimmedTo, appended }: Change): void {
    const { id, incarnation, user, isAcking, acked, names, window } = session;
    if (isRemoved) {
      this.#remove.run(id);
      this.#clear.run(id);
      return;
    }
    const claims = user ? JSON.stringify(user.claims) : null;
    const wanted = names ? JSON.stringify([...names]) : null;
    this.#save.run(id, incarnation, claims, Number(isAcking), acked, wanted, window.last, this.#clock.wallMs());
    // The clocks of two processes have nothing to do with each other. One that is being replaced may take a moment to end.
    const shiftMs = this.#clock.wallMs() - this.#clock.now();
    for (const { offset, entry } of appended)
      if (offset > trimmedTo) this.#append.run(id, offset, entry.id, Math.round(entry.atMs + shiftMs), entry.body);
    if (trimmedTo >= 0) this.#trim.run(id, trimmedTo);
  }

  #pushedOf(row: Readonly<Record<string, unknown>>): Pushed {
    const body = row.body as string;
    const atMs = (row.at as number) - this.#clock.wallMs() + this.#clock.now();
    return { body, bytes: body.length, id: row.id as string, atMs, returnPath: undefined, awaited: undefined };
  }
}

/** A session as it was kept; `count` messages of its window follow. */
function sessionOf(row: Readonly<Record<string, unknown>>, count: number): Session {
  const session = new Session(row.id as string, row.incarnation as string, {
    last: (row.last as number) - count,
    isRestored: true,
  });
  session.isAcking = row.acking === 1;
  session.acked = row.acked as number;
  if (typeof row.names === "string") session.names = new Set(JSON.parse(row.names) as string[]);
  if (typeof row.claims === "string") session.user = userOfClaims(JSON.parse(row.claims) as Record<string, unknown>);
  return session;
}
