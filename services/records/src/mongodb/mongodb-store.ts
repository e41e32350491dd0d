import { type Collection, type Db, MongoClient } from "mongodb";
import type { Entry, Fields } from "../core/fields.ts";
import { PageInProgress } from "../core/page-in-progress.ts";
import { type ListQuery, type Page, type Store, type StoreOptions, Taken } from "../core/store.ts";
import { type Batch, Batches } from "./batches.ts";
import { documentOf, entryOf, type RecordDocument } from "./document.ts";
import { escapedName } from "./field-names.ts";
import { matching, pageOf } from "./filters.ts";
import { Turns } from "./turns.ts";

/** The database if the URL names none. */
const defaultDatabase = "exosphere";

/** How long a server is looked for until an operation fails, in milliseconds: well within a request's deadline of 10 s. */
const serverSelectionMs = 5_000;

/** Connections to a server at most: a service has 64 deliveries in hand, each of which waits for one at a time. */
const maxConnections = 64;

/** How often a change is tried again because somebody else's came first. Each time, one of those who compete succeeds. */
const maxAttempts = 64;

/** Keeps records in the collection of their role. Any number of processes may share it. */
export class MongodbStore implements Store {
  readonly #client: MongoClient;
  readonly #records: Collection<RecordDocument>;
  readonly #batches: Batches;
  readonly #uniqueFields: readonly string[];
  readonly #turns = new Turns();

  private constructor(client: MongoClient, database: Db, { role, uniqueFields }: StoreOptions) {
    const name = collectionOf(role);
    this.#client = client;
    this.#records = database.collection<RecordDocument>(name);
    this.#batches = new Batches(database.collection<Batch>(`${name}.batches`), this.#records, (document) =>
      this.#takenBy(document),
    );
    this.#uniqueFields = uniqueFields;
  }

  /** Connects, and creates what indexes are missing. */
  static async open(url: string, options: StoreOptions): Promise<MongodbStore> {
    const client = new MongoClient(url, {
      appName: `exosphere ${options.role}`.slice(0, 128),
      serverSelectionTimeoutMS: serverSelectionMs,
      maxPoolSize: maxConnections,
      retryWrites: true,
      ignoreUndefined: true,
      // The driver looks each array's name up herein, in the prototype too: a plain {} makes those of "valueOf" bytes.
      fieldsAsRaw: Object.create(null),
    });
    try {
      const store = new MongodbStore(await client.connect(), client.db(databaseOf(url)), options);
      await store.#prepare();
      return store;
    } catch (error) {
      await client.close();
      throw error;
    }
  }

  async create(entries: readonly Entry[], creation: string): Promise<readonly Entry[]> {
    const documents = entries.map((entry, position) =>
      documentOf(entry, { creation, position, revision: 1 }, this.#uniqueFields),
    );
    const [document] = documents;
    return document && documents.length === 1 ? this.#createOne(document) : this.#createMany(documents, creation);
  }

  async find(match: Fields): Promise<Entry | undefined> {
    const document = await this.#records.findOne(matching(match), { sort: { _id: 1 } });
    return document ? entryOf(document) : undefined;
  }

  async list(query: ListQuery): Promise<Page> {
    const [count, page] = await Promise.all([this.#records.countDocuments(matching(query.match)), this.#page(query)]);
    return { count, ...page };
  }

  update(id: string, change: (entry: Entry) => Entry): Promise<Entry | undefined> {
    return this.#change(id, async (document) => {
      const entry = change(entryOf(document));
      const { creation, position, revision } = document._exo;
      const next = documentOf(entry, { creation, position, revision: revision + 1 }, this.#uniqueFields);
      try {
        const { matchedCount } = await this.#records.replaceOne(sameAs(document), next as never);
        return matchedCount === 0 ? undefined : entry;
      } catch (error) {
        throw (await this.#takenBy(next)) ?? error;
      }
    });
  }

  delete(id: string, check: (entry: Entry) => void): Promise<Entry | undefined> {
    return this.#change(id, async (document) => {
      const entry = entryOf(document);
      check(entry);
      const { deletedCount } = await this.#records.deleteOne(sameAs(document));
      return deletedCount === 0 ? undefined : entry;
    });
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  async #page(query: ListQuery): Promise<Omit<Page, "count">> {
    const { filter, sort } = pageOf(query);
    const found = this.#records.find(filter).sort(sort);
    const page = new PageInProgress<Entry>(query);
    for await (const document of found.limit(query.limit + 1)) {
      const entry = entryOf(document);
      if (!page.take(entry, Buffer.byteLength(JSON.stringify(entry)))) break;
    }
    return page.taken;
  }

  async #prepare(): Promise<void> {
    await this.#records.createIndex({ "_exo.creation": 1, "_exo.position": 1 }, { unique: true });
    await this.#records.createIndex({ "_exo.keys.owner_id": 1, _id: 1 });
    for (const field of this.#uniqueFields)
      await this.#records.createIndex({ [uniquePath(field)]: 1 }, { unique: true });
    if (await this.#isMongodb()) await this.#records.createIndex({ "_exo.keys.$**": 1 });
    await this.#batches.recover();
  }

  /** FerretDB takes an index of all fields, and then fails at every insert. */
  async #isMongodb(): Promise<boolean> {
    return !Object.hasOwn(await this.#client.db("admin").command({ buildInfo: 1 }), "ferretdbVersion");
  }

  /** Changes of one process take turns, so that only those of several compete. */
  #change(id: string, act: (document: RecordDocument) => Promise<Entry | undefined>): Promise<Entry | undefined> {
    return this.#turns.take(id, () => this.#withLatest(id, act));
  }

  /** Does something to a document that nobody has changed meanwhile; `act` returns undefined if somebody has. */
  async #withLatest(
    id: string,
    act: (document: RecordDocument) => Promise<Entry | undefined>,
  ): Promise<Entry | undefined> {
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      const document = await this.#records.findOne({ _id: id } as never);
      if (!document) return undefined;
      const done = await act(document);
      if (done) return done;
    }
    throw new Error(`Record ${id} changes faster than it can be written.`);
  }

  async #createOne(document: RecordDocument): Promise<readonly Entry[]> {
    try {
      await this.#records.insertOne(document as never);
      return [entryOf(document)];
    } catch (error) {
      // An earlier delivery of the same message was quicker; else a value is taken; else it is a failure.
      const first = await this.#createdBy(document._exo.creation);
      if (first.length > 0) return first;
      throw (await this.#takenBy(document)) ?? error;
    }
  }

  async #createMany(documents: readonly RecordDocument[], creation: string): Promise<readonly Entry[]> {
    await this.#batches.resume(creation);
    const first = await this.#createdBy(creation);
    if (first.length > 0) return first;
    await this.#batches.keep(creation, documents);
    return this.#createdBy(creation);
  }

  async #createdBy(creation: string): Promise<readonly Entry[]> {
    const found = this.#records.find({ "_exo.creation": creation } as never).sort({ "_exo.position": 1 });
    return (await found.toArray()).map((document) => entryOf(document as RecordDocument));
  }

  /** Servers do not agree on how they say which value is taken: it is looked up. */
  async #takenBy({ _id, _exo: { unique } }: RecordDocument): Promise<Taken | undefined> {
    for (const field of this.#uniqueFields) {
      const other = await this.#records.findOne({
        [uniquePath(field)]: unique[escapedName(field)],
        _id: { $ne: _id },
      } as never);
      if (other) return new Taken(field);
    }
    return undefined;
  }
}

function sameAs({ _id, _exo: { revision } }: RecordDocument) {
  return { _id, "_exo.revision": revision } as never;
}

function uniquePath(field: string): string {
  return `_exo.unique.${escapedName(field)}`;
}

/** A role's name as that of a collection, which has no dollar, is not `system.…` and no other one's batches. */
function collectionOf(role: string): string {
  return encodeURIComponent(role).replaceAll(".", "%2e");
}

/** The database that a URL names. The driver's own default, `test`, is where nobody looks for their data. */
function databaseOf(url: string): string {
  const [, name] = /^[^:]+:\/\/[^/]+\/([^?]+)/.exec(url) ?? [];
  return name === undefined ? defaultDatabase : decodeURIComponent(name);
}
