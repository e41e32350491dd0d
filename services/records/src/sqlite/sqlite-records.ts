import { statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { keyOf } from "../core/field-key.ts";
import type { Entry, Fields } from "../core/fields.ts";
import { PageInProgress } from "../core/page-in-progress.ts";
import { type ListQuery, Taken } from "../core/store.ts";
import { listStatement, matchCondition } from "./list-statement.ts";
import type { BodyPage, Operations, ThreadOptions } from "./operations.ts";
import { prepareSchema } from "./schema.ts";

/** How long a write waits for that of another process with the same file, in milliseconds. Readers never wait for writers. */
const busyMs = 5_000;

/** SQLite's code for a value that a unique index has already, which node:sqlite gives as a number. */
const constraintUnique = 2067;

/** SQLite's primary codes for a file that is damaged, or is not a database at all. */
const damagedCodes = [11, 26];

/** Files up to this many bytes are checked as a whole at start: a quarter of a second. Damage of larger ones is found when it is read. */
const checkedBytes = 256 * 1024 * 1024;

/** Reads and writes the records in one file, at once: it belongs on a thread of its own. */
export class SqliteRecords implements Operations {
  readonly database: DatabaseSync;
  readonly #uniqueFields: ReadonlySet<string>;

  /** Throws an Error that says what to do if the file is not for this program, or is damaged. */
  constructor({ path, uniqueFields, prepares }: ThreadOptions) {
    this.database = new DatabaseSync(path);
    this.#uniqueFields = new Set(uniqueFields);
    try {
      // Node has an option for it as of 22.16.
      this.database.exec(`PRAGMA busy_timeout = ${busyMs}`);
      // Written ahead, and on disk before it is confirmed: a crash loses nothing that was.
      this.database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
      if (!prepares) return;
      if (statSync(path).size <= checkedBytes) this.#check();
      prepareSchema(this.database, uniqueFields);
    } catch (error) {
      this.database.close();
      throw isDamage(error) ? damaged(path, (error as Error).message) : error;
    }
  }

  create(bodies: readonly string[], creation: string): readonly string[] {
    const first = this.#bodies("SELECT body FROM record WHERE creation = ? ORDER BY position", [creation]);
    if (first.length > 0) return first;
    const insert = this.database.prepare("INSERT INTO record (id, creation, position, body) VALUES (?, ?, ?, ?)");
    bodies.forEach((body, position) => {
      const entry = JSON.parse(body) as Entry;
      insert.run(entry.id, creation, position, body);
      this.#insertFields(entry);
    });
    return bodies;
  }

  find(match: Fields): string | undefined {
    const { condition, values } = matchCondition(match);
    return this.#bodies(`SELECT body FROM record WHERE ${condition} ORDER BY id LIMIT 1`, values)[0];
  }

  list(query: ListQuery): BodyPage {
    const { condition, values } = matchCondition(query.match);
    const counting = this.database.prepare(`SELECT count(*) AS count FROM record WHERE ${condition}`);
    const { count } = counting.get(...values) as { count: number };
    const { sql, values: listValues } = listStatement(query);
    const page = new PageInProgress<string>(query);
    for (const { body } of this.database.prepare(sql).iterate(...listValues) as Iterable<{ body: string }>)
      if (!page.take(body, Buffer.byteLength(body))) break;
    return { count, ...page.taken };
  }

  get(id: string): string | undefined {
    return this.#bodies("SELECT body FROM record WHERE id = ?", [id])[0];
  }

  replace(id: string, expected: string, body: string): boolean {
    const update = this.database.prepare("UPDATE record SET body = ? WHERE id = ? AND body = ?");
    if (update.run(body, id, expected).changes === 0) return false;
    this.database.prepare("DELETE FROM field WHERE id = ?").run(id);
    this.#insertFields(JSON.parse(body) as Entry);
    return true;
  }

  remove(id: string, expected: string): boolean {
    return this.database.prepare("DELETE FROM record WHERE id = ? AND body = ?").run(id, expected).changes > 0;
  }

  #check(): void {
    const rows = this.database.prepare("PRAGMA quick_check(1)").all() as { quick_check: string }[];
    const [found] = rows;
    if (found && found.quick_check !== "ok") throw Object.assign(new Error(found.quick_check), { errcode: 11 });
  }

  #bodies(sql: string, values: readonly (string | number)[]): string[] {
    return (this.database.prepare(sql).all(...values) as { body: string }[]).map(({ body }) => body);
  }

  #insertFields(entry: Entry): void {
    const insert = this.database.prepare("INSERT INTO field (name, key, id) VALUES (?, ?, ?)");
    for (const [name, value] of Object.entries(entry)) {
      try {
        insert.run(name, keyOf(value), entry.id);
      } catch (error) {
        throw this.#uniqueFields.has(name) && codeOf(error) === constraintUnique ? new Taken(name) : error;
      }
    }
  }
}

/** Whether an error says that the file cannot be trusted any more. */
export function isDamage(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && damagedCodes.includes(code & 0xff);
}

function damaged(path: string, how: string): Error {
  const reason = how.replaceAll(/\s+/g, " ");
  return new Error(
    `${path} is damaged (${reason}): restore it from a backup, or move it away to begin with no records.`,
  );
}

function codeOf(error: unknown): number | undefined {
  const { errcode } = (error ?? {}) as { errcode?: unknown };
  return typeof errcode === "number" ? errcode : undefined;
}
