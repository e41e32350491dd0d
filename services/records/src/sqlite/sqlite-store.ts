import type { Entry, Fields } from "../core/fields.ts";
import type { ListQuery, Page, Store, StoreOptions } from "../core/store.ts";
import { privateDatabase } from "./private-database.ts";
import { StoreThread } from "./store-thread-client.ts";

/**
 * Keeps records in a file of their role, `<folder>/<role>.sqlite`. Several processes may share it. The file is read and written by
 * threads of their own, so that neither a long list nor a lock of another process holds up the service, and no list a write.
 */
export class SqliteStore implements Store {
  readonly #reader: StoreThread;
  readonly #writer: StoreThread;

  private constructor(writer: StoreThread, reader: StoreThread) {
    this.#writer = writer;
    this.#reader = reader;
  }

  /**
   * Opens the file, and makes it if it is missing. `onBroken` is called if it turns out to be damaged later on: nothing can be
   * relied on then. Throws an Error that says what to do if the file cannot be used.
   */
  static async open(
    folder: string,
    { role, uniqueFields }: StoreOptions,
    onBroken: (error: Error) => void = () => {},
  ): Promise<SqliteStore> {
    const options = { path: privateDatabase(folder, fileNameOf(role)), uniqueFields };
    const once = onlyOnce(onBroken);
    const writer = await StoreThread.open({ ...options, prepares: true }, once);
    try {
      return new SqliteStore(writer, await StoreThread.open({ ...options, prepares: false }, once));
    } catch (error) {
      // Its thread would keep the process alive.
      await writer.close();
      throw error;
    }
  }

  async create(entries: readonly Entry[], creation: string): Promise<readonly Entry[]> {
    const bodies = entries.map((entry) => JSON.stringify(entry));
    return (await this.#writer.call("create", bodies, creation)).map(parsed);
  }

  async find(match: Fields): Promise<Entry | undefined> {
    const body = await this.#reader.call("find", match);
    return body === undefined ? undefined : parsed(body);
  }

  async list(query: ListQuery): Promise<Page> {
    const { count, entries, hasMore } = await this.#reader.call("list", query);
    return { count, entries: entries.map(parsed), hasMore };
  }

  async update(id: string, change: (entry: Entry) => Entry): Promise<Entry | undefined> {
    // Somebody else is in between only if their change was kept: each turn of the loop is one that got through.
    for (;;) {
      const present = await this.#writer.call("get", id);
      if (present === undefined) return undefined;
      const entry = change(parsed(present));
      if (await this.#writer.call("replace", id, present, JSON.stringify(entry))) return entry;
    }
  }

  async delete(id: string, check: (entry: Entry) => void): Promise<Entry | undefined> {
    for (;;) {
      const present = await this.#writer.call("get", id);
      if (present === undefined) return undefined;
      const entry = parsed(present);
      check(entry);
      if (await this.#writer.call("remove", id, present)) return entry;
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#writer.close(), this.#reader.close()]);
  }
}

function parsed(body: string): Entry {
  return JSON.parse(body) as Entry;
}

function onlyOnce(call: (error: Error) => void): (error: Error) => void {
  let wasCalled = false;
  return (error) => {
    if (wasCalled) return;
    wasCalled = true;
    call(error);
  };
}

/** A role's name as that of a file: whatever it is, no other role has the same, also where case does not count. */
function fileNameOf(role: string): string {
  return encodeURIComponent(role).replace(
    /[A-Z.*!'()~]|^$/g,
    (character) => `%${Buffer.from(character).toString("hex")}`,
  );
}
