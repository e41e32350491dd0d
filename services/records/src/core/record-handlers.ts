import { createHash } from "node:crypto";
import type { Handlers, Message, Reply } from "@exosphere/sdk";
import { changed, isBlank, isVersion, Refused, sentenceCase } from "./change.ts";
import { type Entry, type Fields, isObject, mistakeIn } from "./fields.ts";
import { cursorAfter, listQuery, QueryMistake } from "./list-query.ts";
import { mayChange, owned, userOf } from "./ownership.ts";
import { type Store, Taken } from "./store.ts";
import { type MessageNames, messageNames, type Vocabulary } from "./vocabulary.ts";

/** What the handlers of a service of records need. */
export interface RecordOptions {
  readonly store: Store;
  readonly vocabulary: Vocabulary;
  /** Whether a record belongs to the user behind its creation, who alone may change it. */
  readonly hasOwners: boolean;
  /** Ids that sort by time. */
  readonly newId: () => string;
}

/** Records that one `create-many` may bring: they are kept all or none. */
const maxAtOnce = 1_000;

/** The handlers of a service of records: what it does for each message is in its README. */
export function recordHandlers(options: RecordOptions): Handlers {
  const records = new RecordHandlers(options);
  const { names } = records;
  return {
    [names.create]: (message) => records.create(message),
    [names.createMany]: (message) => records.createMany(message),
    [names.list]: (message) => records.list(message),
    [names.getDetails]: (message) => records.getDetails(message),
    [names.update]: (message) => records.update(message),
    [names.delete]: (message) => records.delete(message),
  };
}

class RecordHandlers {
  readonly names: MessageNames;
  readonly #options: RecordOptions;
  readonly #store: Store;

  constructor(options: RecordOptions) {
    this.#options = options;
    this.#store = options.store;
    this.names = messageNames(options.vocabulary);
  }

  async create(message: Message): Promise<Reply> {
    return this.#creating(async () => {
      const [entry] = await this.#store.create([this.#newEntry(message.payload, message)], this.#creationOf(message));
      return { name: this.names.created, payload: entry };
    });
  }

  async createMany(message: Message): Promise<Reply> {
    return this.#creating(async () => {
      const { payload } = message;
      if (!Array.isArray(payload)) throw new Refused("The payload is a list of records");
      if (payload.length > maxAtOnce) throw new Refused(`At most ${maxAtOnce} records can be created at once`);
      const entries = payload.map((each) => this.#newEntry(each, message));
      const kept = entries.length === 0 ? [] : await this.#store.create(entries, this.#creationOf(message));
      return { name: this.names.createdMany, payload: { count: kept.length, ids: kept.map(({ id }) => id) } };
    });
  }

  async list({ payload }: Message): Promise<Reply> {
    const name = this.names.listed;
    const field = this.#options.vocabulary.entries;
    try {
      const query = listQuery(payload);
      const { count, entries, hasMore } = await this.#store.list(query);
      const last = entries.at(-1);
      return {
        name,
        payload: { count, [field]: entries, ...(last && hasMore && { cursor: cursorAfter(last, query) }) },
      };
    } catch (error) {
      if (!(error instanceof QueryMistake)) throw error;
      return { name, payload: { count: 0, [field]: [], error: error.message } };
    }
  }

  async getDetails({ payload: query }: Message): Promise<Reply> {
    const entry = isObject(query) && Object.keys(query).length > 0 ? await this.#store.find(query) : undefined;
    return entry ? { name: this.names.details, payload: entry } : this.#notFound(query);
  }

  async update({ payload: query, auth }: Message): Promise<Reply> {
    if (!isObject(query)) return this.#notFound(query);
    const { id, ...changes } = query;
    // The id alone: what the update says is nothing that anybody asked for.
    const notFound = () => this.#notFound(id === undefined ? {} : { id });
    if (typeof id !== "string") return notFound();
    const user = userOf(auth);
    try {
      const entry = await this.#store.update(id, (present) => this.#changed(present, changes, user));
      return entry ? { name: this.names.updated, payload: entry } : notFound();
    } catch (error) {
      return { name: this.names.notUpdated, payload: { error: textOf(error) } };
    }
  }

  async delete({ payload: query, auth }: Message): Promise<Reply> {
    if (!isObject(query) || typeof query.id !== "string") return this.#notFound(query);
    try {
      const entry = await this.#store.delete(query.id, (present) => this.#checkOwner(present, userOf(auth)));
      return entry ? { name: this.names.deleted, payload: entry } : this.#notFound(query);
    } catch (error) {
      if (error instanceof Refused) return this.#notFound(query);
      throw error;
    }
  }

  async #creating(create: () => Promise<Reply>): Promise<Reply> {
    try {
      return await create();
    } catch (error) {
      return { name: this.names.notCreated, payload: { error: textOf(error) } };
    }
  }

  #newEntry(payload: unknown, { auth }: Message): Entry {
    const sent = isObject(payload) ? payload : {};
    this.#checkRequired(sent);
    if (Object.hasOwn(sent, "version") && !isVersion(sent.version)) throw new Refused("Version must be a whole number");
    const fields = this.#options.hasOwners ? owned(sent, userOf(auth)) : sent;
    const entry = { ...fields, id: this.#options.newId() };
    checkKeepable(entry);
    return entry;
  }

  /**
   * A message that is delivered again has its id and its payload, and the same user behind it. The id alone is not enough:
   * senders make up their own.
   */
  #creationOf({ id, payload, auth }: Message): string {
    const user = this.#options.hasOwners ? userOf(auth) : undefined;
    const behind = user === undefined ? "" : `\n${JSON.stringify(user)}`;
    return createHash("sha256")
      .update(`${id}\n${JSON.stringify(payload)}${behind}`)
      .digest("base64url");
  }

  #changed(entry: Entry, changes: Fields, user: string | number | undefined): Entry {
    this.#checkOwner(entry, user);
    const { owner_id: _, ...others } = changes;
    const result = changed(entry, this.#options.hasOwners ? others : changes);
    this.#checkRequired(result);
    checkKeepable(result);
    return result;
  }

  #checkRequired(fields: Fields): void {
    const { required } = this.#options.vocabulary;
    if (isBlank(fields[required])) throw new Refused(`${sentenceCase(required)} cannot be blank`);
  }

  #checkOwner(entry: Entry, user: string | number | undefined): void {
    if (this.#options.hasOwners && !mayChange(entry, user)) throw new Refused("Only its owner may change it");
  }

  #notFound(query: unknown): Reply {
    return { name: this.names.notFound, payload: query };
  }
}

function checkKeepable(entry: Entry): void {
  const mistake = mistakeIn(entry);
  if (mistake !== undefined) throw new Refused(mistake);
}

/** What a reply says of why a message was not obeyed. Anything else is a failure, and its text is for the log alone. */
function textOf(error: unknown): string {
  if (error instanceof Refused) return error.message;
  if (error instanceof Taken) return `${sentenceCase(error.field)} is already taken`;
  throw error;
}
