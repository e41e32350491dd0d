import assert from "node:assert/strict";
import fc from "fast-check";
import { v7 as uuidByTime } from "uuid";
import { keyOf } from "../core/field-key.ts";
import type { Entry, Fields } from "../core/fields.ts";
import { type ListQuery, type Store, type StoreOptions, Taken } from "../core/store.ts";

/** Opens a store; the same role leads to the same records. All of them are gone after the suite. */
export type OpenStore = (options: StoreOptions) => Promise<Store>;

/** What every store does. `isShared` says whether several processes may change the same record at once. */
export function describeStore(name: string, open: OpenStore, isShared: () => boolean = () => true): void {
  describe(`${name}, as a store of records`, function () {
    this.timeout(20_000);
    const opened: Store[] = [];
    let role: string;
    let store: Store;
    let count = 0;

    async function openAs(itsRole: string, uniqueFields: readonly string[] = []): Promise<Store> {
      const another = await open({ role: itsRole, uniqueFields });
      opened.push(another);
      return another;
    }

    beforeEach(async () => {
      role = `role ${++count}/${process.pid}`;
      store = await openAs(role);
    });
    afterEach(async () => {
      for (const each of opened.splice(0)) await each.close();
    });

    const listed = async (query: Partial<ListQuery> = {}): Promise<readonly Entry[]> =>
      (await store.list({ ...everything, ...query })).entries;

    it("keeps a record for whoever opens it later", async () => {
      const entry = entryOf({ content: "Hello", likes: 2, tags: ["a", ["b"]], of: { who: null } });
      assert.deepEqual(await store.create([entry], "c"), [entry]);
      assert.deepEqual(await store.find({ id: entry.id }), entry);
      const later = await openAs(role);
      assert.deepEqual(await later.find({ id: entry.id }), entry);
    });

    it("keeps any JSON as it is", async () => {
      const fields = fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ maxDepth: 4 }), { maxKeys: 6 });
      await fc.assert(
        fc.asyncProperty(fields, async (any) => {
          const entry = entryOf(JSON.parse(JSON.stringify(any)) as Fields);
          await store.create([entry], entry.id);
          assert.deepEqual(await store.find({ id: entry.id }), entry);
        }),
        { numRuns: 60 },
      );
    });

    it("keeps fields that look like operators, paths or its own as data", async () => {
      const odd = JSON.parse(
        '{"$set": 1, "a.b": 2, "_id": 3, "_exo": {"$ne": 1}, "": 4, "%": 5, "%24": 6, "__proto__": {"x": 1}, "in": {"$gt": "", "": 0, "%[]": [1]}}',
      ) as Fields;
      const entry = entryOf(odd);
      await store.create([entry], "c");
      assert.deepEqual(await store.find({ "a.b": 2, $set: 1, _id: 3 }), entry);
      assert.equal(await store.find({ a: { b: 2 } }), undefined);
    });

    it("keeps fields named as what objects have, or as the types of a driver", async () => {
      const names = [
        ...Object.getOwnPropertyNames(Object.prototype),
        "toJSON",
        "toBSON",
        "_bsontype",
        "then",
        "length",
      ];
      const values = ["Long", [[]], [{ valueOf: [{}] }], { _bsontype: "ObjectId", constructor: [{}, []] }, null];
      const entries = names.flatMap((name) => values.map((value) => entryOf(Object.fromEntries([[name, value]]))));
      await store.create(entries, "c");
      for (const entry of entries) assert.deepEqual(await store.find({ id: entry.id }), entry);
    });

    it("keeps the records of another role out", async () => {
      const entry = await created({ name: "Ada" });
      const other = await openAs(`${role}.batches`);
      assert.equal(await other.find({ name: "Ada" }), undefined);
      assert.deepEqual(await other.list(everything), { count: 0, entries: [], hasMore: false });
      assert.equal(await other.delete(entry.id, () => {}), undefined);
      const upper = await openAs(role.toUpperCase());
      assert.equal(await upper.find({ name: "Ada" }), undefined);
    });

    it("finds the oldest that has exactly the values", async () => {
      const ada = await created({ name: "Ada", age: 1, of: { a: 1, b: [2] } });
      await created({ name: "Ada", age: 1 });
      assert.deepEqual(await store.find({ name: "Ada", age: 1 }), ada);
      assert.deepEqual(await store.find({ of: { b: [2], a: 1 } }), ada);
      for (const match of [{ name: "ada" }, { age: "1" }, { age: true }, { name: "Ada", age: 2 }, { of: { a: 1 } }, { no: null }]) // biome-ignore format: a list
        assert.equal(await store.find(match), undefined, JSON.stringify(match));
    });

    it("finds ids as text, whether they were sent as numbers or not", async () => {
      const text = await created({ owner_id: "7" });
      const number = await created({ owner_id: 7, age: 7 });
      for (const owner_id of [7, "7"]) {
        const { entries } = await store.list({ ...everything, match: { owner_id } });
        assert.deepEqual(entries, [text, number]);
      }
      assert.equal(await store.find({ owner_id: "07" }), undefined);
      assert.equal(await store.find({ age: "7" }), undefined);
    });

    it("takes values that look like operators for what they are", async () => {
      await created({ name: "Ada" });
      for (const value of [{ $ne: null }, { $gt: "" }, { $exists: true }, { $in: ["Ada"] }, { $regex: ".*" }])
        assert.equal(await store.find({ name: value }), undefined);
      const entry = await created({ name: { $ne: null } });
      assert.deepEqual(await store.find({ name: { $ne: null } }), entry);
    });

    it("finds by as many values as a record has fields, and nothing by more", async () => {
      const fields = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`f${n}`, n]));
      const entry = await created(fields(999));
      assert.deepEqual(await store.find(entry), entry);
      assert.equal(await store.find({ ...entry, ...fields(2_000) }), undefined);
    });

    it("tells long texts apart", async () => {
      const long = "x".repeat(10_000);
      const entry = await created({ text: `${long}a` });
      await created({ text: `${long}b` });
      assert.deepEqual(await store.find({ text: `${long}a` }), entry);
    });

    it("makes one record of what is created twice, and returns the first", async () => {
      const first = entryOf({ name: "Ada" });
      assert.deepEqual(await store.create([first], "c"), [first]);
      assert.deepEqual(await store.create([entryOf({ name: "Ada" })], "c"), [first]);
      const many = [entryOf({ n: 1 }), entryOf({ n: 2 })];
      assert.deepEqual(await store.create(many, "many"), many);
      assert.deepEqual(await store.create([entryOf({ n: 1 }), entryOf({ n: 2 })], "many"), many);
      assert.equal((await listed()).length, 3);
    });

    it("makes one record of what is created twice at the same time", async () => {
      const other = await openAs(role);
      const [one, two] = await Promise.all([
        store.create([entryOf({ name: "Ada" })], "c"),
        other.create([entryOf({ name: "Ada" })], "c"),
      ]);
      assert.deepEqual(one, two);
      assert.equal((await listed()).length, 1);
      const [some, same] = await Promise.all([
        store.create([entryOf({ n: 1 }), entryOf({ n: 2 })], "many"),
        other.create([entryOf({ n: 1 }), entryOf({ n: 2 })], "many"),
      ]);
      assert.deepEqual(some, same);
      assert.equal((await listed()).length, 3);
    });

    it("lets no two records share a unique value, but any number share none", async () => {
      const emails = await openAs(role, ["email"]);
      const create = (fields: Fields) => emails.create([entryOf(fields)], uuidByTime());
      const [ada] = await create({ name: "Ada", email: "a@b" });
      for (const fields of [{ name: "Bob" }, { name: "Bob" }, { email: null }, { email: null }]) await create(fields);
      const [bob] = await create({ name: "Bob", email: "b@b" });
      await assert.rejects(create({ email: "a@b" }), isTaken("email"));
      await assert.rejects(
        emails.update(bob?.id ?? "", (entry) => ({ ...entry, email: "a@b" })),
        isTaken("email"),
      );
      await emails.update(ada?.id ?? "", (entry) => ({ ...entry, email: "c@b" }));
      await create({ email: "a@b" });
      assert.deepEqual(await emails.find({ email: "b@b" }), bob);
    });

    it("keeps many records all or none", async () => {
      const emails = await openAs(role, ["email"]);
      const create = (...many: Fields[]) => emails.create(many.map(entryOf), uuidByTime());
      await create({ email: "a" });
      await assert.rejects(create({ email: "b" }, { email: "a" }), isTaken("email"));
      await assert.rejects(create({ email: "c" }, { email: "d" }, { email: "c" }), isTaken("email"));
      assert.deepEqual((await listed()).map(({ email }) => email), ["a"]); // biome-ignore format: one line
      await create({ email: "c" }, { email: "b" });
      assert.deepEqual((await listed()).map(({ email }) => email), ["a", "c", "b"]); // biome-ignore format: one line
    });

    it("replaces a record, and the values that it is found by", async () => {
      const { id } = await created({ name: "Ada", age: 1 });
      const changed = { id, name: "Bob" };
      assert.deepEqual(await store.update(id, () => changed), changed);
      assert.deepEqual(await store.find({ name: "Bob" }), changed);
      assert.equal(await store.find({ name: "Ada" }), undefined);
      assert.deepEqual(await store.update(id, (entry) => entry), changed);
      assert.equal(await store.update("nobody", (entry) => entry), undefined);
    });

    it("changes nothing when the change throws", async () => {
      const entry = await created({ name: "Ada" });
      const no = () => {
        throw new RangeError("no");
      };
      await assert.rejects(store.update(entry.id, no), RangeError);
      await assert.rejects(store.delete(entry.id, no), RangeError);
      assert.deepEqual(await store.find({ id: entry.id }), entry);
    });

    it("loses no change of those that come at once", async () => {
      const { id } = await created({ n: 0 });
      const other = isShared() ? await openAs(role) : store;
      const add = (entry: Entry) => ({ ...entry, n: (entry.n as number) + 1 });
      await Promise.all(Array.from({ length: 20 }, (_, index) => (index % 2 ? store : other).update(id, add)));
      assert.equal((await store.find({ id }))?.n, 20);
    });

    it("removes a record, once", async () => {
      const entry = await created({ name: "Ada" });
      assert.deepEqual(await store.delete(entry.id, () => {}), entry);
      assert.equal(await store.delete(entry.id, () => {}), undefined);
      assert.equal(await store.find({ name: "Ada" }), undefined);
    });

    it("lists what matches, and counts all of it", async () => {
      for (let n = 0; n < 5; n++) await created({ n, even: n % 2 === 0 });
      const { count, entries, hasMore } = await store.list({ ...everything, match: { even: true }, limit: 2 });
      assert.deepEqual([count, hasMore, entries.map(({ n }) => n)], [3, true, [0, 2]]);
    });

    it("reads no more of a page than it may have, but one record", async () => {
      for (let n = 0; n < 5; n++) await created({ n, text: "x".repeat(400) });
      const pageOf = async (maxBytes: number) => {
        const { count, entries, hasMore } = await store.list({ ...everything, maxBytes });
        return [count, entries.map(({ n }) => n), hasMore];
      };
      assert.deepEqual(await pageOf(1000), [5, [0, 1], true]);
      assert.deepEqual(await pageOf(10), [5, [0], true]);
      assert.deepEqual(await pageOf(100_000), [5, [0, 1, 2, 3, 4], false]);
    });

    const values = [undefined, null, -5, -0.5, 0, 1e-9, 2, 10, 1e300, "", "B", "a", "b", "ä", "🙂", false, true];
    for (const isDescending of [false, true]) {
      it(`sorts by any field, page by page${isDescending ? ", backwards" : ""}`, async () => {
        const shuffled = [...values, 2, "a", undefined].sort((a, b) => (keyOf(String(a)) < keyOf(String(b)) ? 1 : -1));
        await store.create(shuffled.map((n) => entryOf(n === undefined ? {} : { n })), "c"); // biome-ignore format: one line
        const found: Entry[] = [];
        for (let query: ListQuery = { ...everything, sortBy: "n", isDescending, limit: 3 }; ; ) {
          const { entries, hasMore } = await store.list(query);
          found.push(...entries);
          const last = entries.at(-1);
          if (!hasMore || !last) break;
          query = { ...query, after: { key: Object.hasOwn(last, "n") ? keyOf(last.n) : "", id: last.id } };
        }
        const expected = [undefined, ...values.slice(0, 7), 2, ...values.slice(7, 12), "a", ...values.slice(12)];
        assert.deepEqual(found.map(({ n }) => n), isDescending ? expected.reverse() : expected); // biome-ignore format: one line
      });
    }

    it("pages by when records were created, while more come", async () => {
      for (let n = 0; n < 4; n++) await created({ n });
      const [first, second] = await listed({ limit: 2 });
      await created({ n: 4 });
      const rest = await listed({ after: { key: "", id: second?.id ?? "" } });
      assert.deepEqual([first?.n, second?.n, ...rest.map(({ n }) => n)], [0, 1, 2, 3, 4]);
      const backwards = await listed({ isDescending: true, after: { key: "", id: second?.id ?? "" } });
      assert.deepEqual(backwards.map(({ n }) => n), [0]); // biome-ignore format: one line
    });

    async function created(fields: Fields): Promise<Entry> {
      const entry = entryOf(fields);
      await store.create([entry], entry.id);
      return entry;
    }
  });
}

const everything: ListQuery = {
  match: {},
  sortBy: undefined,
  isDescending: false,
  limit: 100,
  maxBytes: 1_000_000,
  after: undefined,
};

function entryOf(fields: Fields): Entry {
  return { ...fields, id: uuidByTime() };
}

function isTaken(field: string) {
  return (error: unknown) => error instanceof Taken && error.field === field;
}
