import { DatabaseSync } from "node:sqlite";
import { keyOf } from "../core/field-key.ts";
import type { Entry, Fields } from "../core/fields.ts";
import { PageInProgress } from "../core/page-in-progress.ts";
import { type ListQuery, type Page, type Store, type StoreOptions, Taken } from "../core/store.ts";
import { GroupCommit } from "./group-commit.ts";
import { listStatement, matchCondition } from "./list-statement.ts";
import { privateDatabase } from "./private-database.ts";
import { prepareSchema } from "./schema.ts";

/** How long a write waits for that of another process with the same file, in milliseconds. */
const busyMs = 5_000;

/** SQLite's code for a value that a unique index has already, which node:sqlite gives as a number. */
const constraintUnique = 2067;

/** Keeps records in a file of their role, `<folder>/<role>.sqlite`. Several processes may share it. */
export class SqliteStore implements Store {
  readonly #database: DatabaseSync;
  readonly #commits: GroupCommit;
  readonly #uniqueFields: ReadonlySet<string>;

  constructor(folder: string, { role, uniqueFields }: StoreOptions) {
    this.#database = new DatabaseSync(privateDatabase(folder, fileNameOf(role)));
    // Node has an option for it as of 22.16.
    this.#database.exec(`PRAGMA busy_timeout = ${busyMs}`);
    // Written ahead, and on disk before it is confirmed: a crash loses nothing that was.
    this.#database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    prepareSchema(this.#database, uniqueFields);
    this.#commits = new GroupCommit(this.#database);
    this.#uniqueFields = new Set(uniqueFields);
  }

  create(entries: readonly Entry[], creation: string): Promise<readonly Entry[]> {
    return this.#commits.write(() => {
      const first = this.#createdBy(creation);
      if (first.length > 0) return first;
      entries.forEach((entry, position) => {
        this.#database
          .prepare("INSERT INTO record (id, creation, position, body) VALUES (?, ?, ?, ?)")
          .run(entry.id, creation, position, JSON.stringify(entry));
        this.#insertFields(entry);
      });
      return entries;
    });
  }

  async find(match: Fields): Promise<Entry | undefined> {
    const { condition, values } = matchCondition(match);
    return this.#entries(`SELECT body FROM record WHERE ${condition} ORDER BY id LIMIT 1`, values)[0];
  }

  async list(query: ListQuery): Promise<Page> {
    const { condition, values } = matchCondition(query.match);
    const { count } = this.#database
      .prepare(`SELECT count(*) AS count FROM record WHERE ${condition}`)
      .get(...values) as {
      count: number;
    };
    const { sql, values: listValues } = listStatement(query);
    const page = new PageInProgress(query);
    for (const { body } of this.#database.prepare(sql).iterate(...listValues) as Iterable<{ body: string }>)
      if (!page.take(JSON.parse(body) as Entry, Buffer.byteLength(body))) break;
    return { count, ...page.taken };
  }

  update(id: string, change: (entry: Entry) => Entry): Promise<Entry | undefined> {
    return this.#commits.write(() => {
      const present = this.#byId(id);
      if (!present) return undefined;
      const entry = change(present);
      this.#database.prepare("UPDATE record SET body = ? WHERE id = ?").run(JSON.stringify(entry), id);
      this.#database.prepare("DELETE FROM field WHERE id = ?").run(id);
      this.#insertFields(entry);
      return entry;
    });
  }

  delete(id: string, check: (entry: Entry) => void): Promise<Entry | undefined> {
    return this.#commits.write(() => {
      const entry = this.#byId(id);
      if (!entry) return undefined;
      check(entry);
      this.#database.prepare("DELETE FROM record WHERE id = ?").run(id);
      return entry;
    });
  }

  async close(): Promise<void> {
    await this.#commits.idle();
    this.#database.close();
  }

  #createdBy(creation: string): Entry[] {
    return this.#entries("SELECT body FROM record WHERE creation = ? ORDER BY position", [creation]);
  }

  #byId(id: string): Entry | undefined {
    return this.#entries("SELECT body FROM record WHERE id = ?", [id])[0];
  }

  #entries(sql: string, values: readonly (string | number)[]): Entry[] {
    const rows = this.#database.prepare(sql).all(...values) as { body: string }[];
    return rows.map(({ body }) => JSON.parse(body) as Entry);
  }

  #insertFields(entry: Entry): void {
    const insert = this.#database.prepare("INSERT INTO field (name, key, id) VALUES (?, ?, ?)");
    for (const [name, value] of Object.entries(entry)) {
      try {
        insert.run(name, keyOf(value), entry.id);
      } catch (error) {
        throw this.#uniqueFields.has(name) && isTaken(error) ? new Taken(name) : error;
      }
    }
  }
}

function isTaken(error: unknown): boolean {
  return (error as { errcode?: unknown }).errcode === constraintUnique;
}

/** A role's name as that of a file: whatever it is, no other role has the same, also where case does not count. */
function fileNameOf(role: string): string {
  return encodeURIComponent(role).replace(
    /[A-Z.*!'()~]|^$/g,
    (character) => `%${Buffer.from(character).toString("hex")}`,
  );
}
