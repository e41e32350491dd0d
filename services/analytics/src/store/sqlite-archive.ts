import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { checkDatabase, makePrivateDatabase, makePrivateFolder } from "@exosphere/process";
import { type Activity, type ActivityRow, rowOf } from "../core/activity.ts";
import type { Sample } from "../core/sample.ts";

/** What an archive may keep. */
export interface ArchiveLimits {
  readonly keepMs: number;
  /** Of the file, in bytes. */
  readonly maxBytes: number;
}

/** Which activities somebody looks for. */
export interface ActivitySearch {
  /** An id of an activity or of a message, a name, or what a payload holds. */
  readonly text?: string | undefined;
  readonly role?: string | undefined;
  readonly name?: string | undefined;
  /** Took at least so long, in milliseconds. */
  readonly slowerMs?: number | undefined;
  /** Something failed or was tried again. */
  readonly troubleOnly?: boolean | undefined;
  /** Began before that. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/**
 * Rows that a search looks through at once. Activities are of some hundred bytes or of more than a megabyte, so the number follows from
 * how long the last ones took.
 */
const [leastRows, firstRows, mostRows] = [8, 32, 2_000];
/** How long a search may hold up the page and the tap, in milliseconds: nobody notices that. */
const chunkMs = 20;
/** The rows of a chunk, the latest first. Many activities may begin in one millisecond: those go by the number of their row. */
const chunkOf = "WHERE (at, rowid) < (?, ?) ORDER BY at DESC, rowid DESC LIMIT ?";
/** How long a search may take, in milliseconds; then it says that there may be more. */
const searchMs = 3_000;
/** Activities that are deleted at once. */
const deleteChunk = 500;

/** How long opening the file waits for another process, which may be about to end, in milliseconds. */
const openMs = 2_000;
/** How long a write waits for another process, in milliseconds: the page and the bus wait meanwhile. It is tried again half a second later. */
const busyMs = 20;

const format = 1;
const tables = `
  DROP TABLE IF EXISTS activity; DROP TABLE IF EXISTS slot;
  CREATE TABLE activity (
    id TEXT PRIMARY KEY, at REAL NOT NULL, ms REAL NOT NULL, trouble INTEGER NOT NULL,
    summary TEXT NOT NULL, body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX activity_at ON activity (at);
  CREATE TABLE slot (at REAL PRIMARY KEY, body TEXT NOT NULL) STRICT;
  PRAGMA user_version = ${format};
`;

/** Keeps the last hour in a file of bounded size. Nothing of it is needed for the bus: it is not written through to the disk. */
export class SqliteArchive {
  readonly #database: DatabaseSync;
  readonly #limits: ArchiveLimits;
  readonly #find: StatementSync;
  readonly #save: StatementSync;
  readonly #saveSlot: StatementSync;

  /** `file`: a path, or ":memory:". A file of another version is begun anew. Throws an Error if it is damaged or cannot be used. */
  constructor(file: string, limits: ArchiveLimits) {
    if (file !== ":memory:") {
      // Payloads are in it.
      makePrivateFolder(dirname(file));
      makePrivateDatabase(file);
    }
    this.#limits = limits;
    this.#database = new DatabaseSync(file);
    try {
      this.#prepare(file);
    } catch (error) {
      this.#database.close();
      throw error;
    }
    this.#find = this.#database.prepare("SELECT body FROM activity WHERE id = ?");
    this.#save = this.#database.prepare(
      "INSERT INTO activity (id, at, ms, trouble, summary, body) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET at = excluded.at, ms = excluded.ms, trouble = excluded.trouble, summary = excluded.summary, body = excluded.body",
    );
    this.#saveSlot = this.#database.prepare("INSERT OR REPLACE INTO slot (at, body) VALUES (?, ?)");
  }

  #prepare(file: string): void {
    this.#database.exec(`PRAGMA busy_timeout = ${openMs}`);
    this.#database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA journal_size_limit = 16777216");
    if (file !== ":memory:") checkDatabase(this.#database, file);
    const { user_version: version } = this.#database.prepare("PRAGMA user_version").get() as { user_version: number };
    if (version !== format) this.#database.exec(tables);
    this.#database.exec(`PRAGMA busy_timeout = ${busyMs}`);
  }

  find(id: string): Activity | undefined {
    const row = this.#find.get(id) as { body: string } | undefined;
    return row && (JSON.parse(row.body) as Activity);
  }

  save(activities: readonly Activity[]): void {
    this.#database.exec("BEGIN");
    try {
      for (const activity of activities) {
        const { id, at, last, errors, retries } = activity;
        const summary = JSON.stringify(rowOf(activity));
        this.#save.run(id, at, last - at, errors + retries, summary, JSON.stringify(activity));
      }
      this.#database.exec("COMMIT");
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  saveSlot(slot: Sample): void {
    this.#saveSlot.run(slot.at, JSON.stringify(slot));
  }

  /** Every slot that is kept, the oldest first. */
  slots(now: number): Sample[] {
    const rows = this.#database
      .prepare("SELECT body FROM slot WHERE at > ? ORDER BY at")
      .all(now - this.#limits.keepMs) as { body: string }[];
    return rows.map(({ body }) => JSON.parse(body) as Sample);
  }

  /** Since when activities are kept, and how many. */
  held(): { readonly from: number | undefined; readonly activities: number; readonly bytes: number } {
    const row = this.#database.prepare("SELECT min(at) AS start, count(*) AS activities FROM activity").get() as {
      start: number | null;
      activities: number;
    };
    return { from: row.start ?? undefined, activities: row.activities, bytes: this.#bytes() };
  }

  /** Lets go of what is too old, and of the oldest where the file is too large. A little each time. */
  prune(now: number): void {
    const oldest = now - this.#limits.keepMs;
    const tooOld = "DELETE FROM activity WHERE id IN (SELECT id FROM activity WHERE at < ? ORDER BY at LIMIT ?)";
    this.#database.prepare(tooOld).run(oldest, deleteChunk * 4);
    this.#database.prepare("DELETE FROM slot WHERE at < ?").run(oldest);
    const first = "DELETE FROM activity WHERE id IN (SELECT id FROM activity ORDER BY at LIMIT ?)";
    for (let round = 0; round < 8 && this.#bytes() > this.#limits.maxBytes; round += 1)
      this.#database.prepare(first).run(deleteChunk);
  }

  /** Finds activities, the latest first. Gives way between chunks: nothing else waits for it. */
  async search(
    search: ActivitySearch,
  ): Promise<{ readonly rows: readonly ActivityRow[]; readonly isComplete: boolean }> {
    const { text, role, name, slowerMs, troubleOnly, limit } = search;
    const rows: ActivityRow[] = [];
    const until = performance.now() + searchMs;
    const conditions: string[] = [];
    const values: SQLInputValue[] = [];
    const where = (condition: string, ...more: SQLInputValue[]) => {
      conditions.push(condition);
      values.push(...more);
    };
    if (text) where("(id = ? OR instr(lower(body), lower(?)) > 0)", text, jsonText(text));
    if (name) where("instr(body, ?) > 0", `"name":${JSON.stringify(name)}`);
    if (role) where("(instr(body, ?) > 0 OR instr(body, ?) > 0)", ...["from", "to"].map((key) => `"${key}":${JSON.stringify(role)}`)); // biome-ignore format: one line
    if (slowerMs) where("ms >= ?", slowerMs);
    if (troubleOnly) where("trouble > 0");
    const statement = this.#database.prepare(
      `SELECT summary FROM (SELECT *, rowid AS place FROM activity ${chunkOf}) WHERE ${conditions.join(" AND ") || "true"} ORDER BY at DESC, place DESC`,
    );
    const last = this.#database.prepare(
      `SELECT at, place FROM (SELECT at, rowid AS place FROM activity ${chunkOf}) ORDER BY at, place LIMIT 1`,
    );
    let [at, place] = [search.before ?? Number.MAX_VALUE, Number.MIN_SAFE_INTEGER];
    let chunk = firstRows;
    while (rows.length < limit) {
      const begun = performance.now();
      const next = last.get(at, place, chunk) as { at: number; place: number } | undefined;
      if (next === undefined) return { rows, isComplete: true };
      const found = statement.all(at, place, chunk, ...values) as { summary: string }[];
      for (const { summary } of found.slice(0, limit - rows.length)) rows.push(JSON.parse(summary) as ActivityRow);
      ({ at, place } = next);
      const now = performance.now();
      if (now > until) return { rows, isComplete: false };
      const fitting = Math.round((chunk * chunkMs) / Math.max(0.1, now - begun));
      chunk = Math.max(leastRows, Math.min(mostRows, 2 * chunk, fitting));
      await new Promise((resolve) => setImmediate(resolve));
    }
    return { rows, isComplete: false };
  }

  close(): void {
    this.#database.close();
  }

  #rollBack(): void {
    try {
      this.#database.exec("ROLLBACK");
    } catch {
      // SQLite undid it itself. Node tells whether it has as of 22.16 only.
    }
  }

  #bytes(): number {
    const pages = (name: string) => {
      const row = this.#database.prepare(`PRAGMA ${name}`).get() as Record<string, number>;
      return Object.values(row)[0] ?? 0;
    };
    return (pages("page_count") - pages("freelist_count")) * pages("page_size");
  }
}

/** Text as it stands within JSON that stands as text within JSON: as payloads do in an activity. */
function jsonText(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
