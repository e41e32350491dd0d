import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Handlers, Message, Reply } from "@exosphere/sdk";
import fc from "fast-check";
import { v7 as uuidByTime } from "uuid";
import { SqliteStore } from "../sqlite/sqlite-store.ts";
import type { Entry } from "./fields.ts";
import { inexactNumber } from "./fields.ts";
import { recordHandlers } from "./record-handlers.ts";
import type { Store } from "./store.ts";
import { messageNames } from "./vocabulary.ts";

const vocabulary = { many: "users", one: "user", entries: "users", required: "name" };

describe("The handlers of a service of records", () => {
  const folder = mkdtempSync(join(tmpdir(), "exosphere-records-"));
  let count = 0;
  let store: Store;
  let handlers: Handlers;

  const play = async (options: { readonly hasOwners?: boolean; readonly uniqueFields?: readonly string[] } = {}) => {
    const { hasOwners = false, uniqueFields = [] } = options;
    await store?.close();
    store = await SqliteStore.open(folder, { role: `users ${++count}`, uniqueFields });
    handlers = recordHandlers({ store, vocabulary, hasOwners, newId: () => uuidByTime() });
  };
  beforeEach(() => play());
  after(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  /** The reply to a message: its name and its payload. */
  async function ask(name: string, payload: unknown, { id = uuidByTime(), auth = null as unknown } = {}) {
    const message = { name, payload, id, auth } as Message;
    const reply = (await handlers[name]?.(message, undefined as never)) as Reply;
    return [reply.name, reply.payload] as [string, Entry & Record<string, unknown>];
  }
  const create = async (fields: object, options?: object) => (await ask("users.create", fields, options))[1];

  it("creates a record of what was sent and an id", async () => {
    const [name, payload] = await ask("users.create", { name: "Ada", age: 36, id: "mine" });
    const { id, ...fields } = payload;
    assert.deepEqual([name, fields], ["users.created", { name: "Ada", age: 36 }]);
    assert.match(id, /^[\da-f-]{36}$/);
    assert.deepEqual(await ask("user.get-details", { id }), ["user.details", payload]);
  });

  it("creates nothing without its required text", async () => {
    const refused = ["users.not-created", { error: "Name cannot be blank" }];
    for (const payload of [
      {},
      { name: "" },
      { name: " \t\n" },
      { name: 5 },
      { name: null },
      { name: ["a"] },
      null,
      [],
      1,
    ])
      assert.deepEqual(await ask("users.create", payload), refused, JSON.stringify(payload));
    assert.deepEqual(await ask("users.create-many", [{ name: "Ada" }, { name: "" }]), refused);
    assert.deepEqual(await ask("users.list", {}), ["users.listed", { count: 0, users: [] }]);
  });

  it("creates many, all or none", async () => {
    const [name, { count: created, ids }] = await ask("users.create-many", [{ name: "Ada" }, { name: "Bob" }]);
    assert.deepEqual([name, created], ["users.created-many", 2]);
    const [, { users }] = await ask("users.list", null);
    assert.deepEqual((users as Entry[]).map(({ id }) => id), ids); // biome-ignore format: one line
    assert.deepEqual(await ask("users.create-many", []), ["users.created-many", { count: 0, ids: [] }]);
    for (const wrong of [{ name: "Ada" }, null, "x", Array.from({ length: 1001 }, () => ({ name: "x" }))])
      assert.equal((await ask("users.create-many", wrong))[0], "users.not-created");
  });

  it("creates once what is delivered again, but not what merely has the same id", async () => {
    const ada = await create({ name: "Ada" }, { id: "123" });
    assert.deepEqual(await create({ name: "Ada" }, { id: "123" }), ada);
    const bob = await create({ name: "Bob" }, { id: "123" });
    assert.notEqual(bob.id, ada.id);
    const many = await ask("users.create-many", [{ name: "C" }, { name: "C" }], { id: "4" });
    assert.deepEqual(await ask("users.create-many", [{ name: "C" }, { name: "C" }], { id: "4" }), many);
    assert.equal((await ask("users.list", {}))[1].count, 4);
  });

  it("keeps unique fields unique", async () => {
    await play({ uniqueFields: ["email"] });
    const { id } = await create({ name: "Ada", email: "a@b" });
    const taken = { error: "Email is already taken" };
    assert.deepEqual(await ask("users.create", { name: "Bob", email: "a@b" }), ["users.not-created", taken]);
    await create({ name: "Bob", email: "b@b" });
    assert.deepEqual(await ask("user.update", { id, email: "b@b" }), ["user.not-updated", taken]);
    assert.equal((await ask("user.update", { id, email: "a@b" }))[0], "user.updated");
  });

  it("finds by id or by exact values, and nothing by nothing", async () => {
    const ada = await create({ name: "Ada", age: 36 });
    assert.deepEqual(await ask("user.get-details", { name: "Ada", age: 36 }), ["user.details", ada]);
    for (const query of [{}, null, [], "Ada", { id: {} }, { id: { $ne: null } }, { name: { $gt: "" } }, { age: "36" }, { id: ada.id, name: "Bob" }]) // biome-ignore format: a list
      assert.deepEqual(await ask("user.get-details", query), ["user.not-found", query]);
  });

  it("updates the fields that are given", async () => {
    const { id } = await create({ name: "Ada", age: 36 });
    assert.deepEqual(await ask("user.update", { id, age: 37 }), ["user.updated", { id, name: "Ada", age: 37 }]);
    assert.deepEqual(await ask("user.update", { id, age: 37 }), ["user.updated", { id, name: "Ada", age: 37 }]);
    assert.deepEqual(await ask("user.update", { id }), ["user.updated", { id, name: "Ada", age: 37 }]);
    const blank = ["user.not-updated", { error: "Name cannot be blank" }];
    for (const name of ["", " ", null, 7]) assert.deepEqual(await ask("user.update", { id, name }), blank);
    assert.deepEqual(await ask("user.get-details", { id }), ["user.details", { id, name: "Ada", age: 37 }]);
    for (const query of [{}, { id: "nobody" }, { id: 5 }, { id: { $ne: "" } }, null])
      assert.deepEqual(await ask("user.update", query), ["user.not-found", query]);
  });

  it("names the id alone where an update finds nothing", async () => {
    for (const id of ["nobody", 5])
      assert.deepEqual(await ask("user.update", { id, name: "x", age: 3 }), ["user.not-found", { id }]);
    assert.deepEqual(await ask("user.update", { name: "x" }), ["user.not-found", {}]);
  });

  it("refuses numbers that would not come back as they were sent", async () => {
    const exact = ["users.not-created", { error: inexactNumber }];
    for (const number of ["12345678901234567890", "-9007199254740993", "1e400", "-0"])
      for (const payload of [`{"name":"Ada","n":${number}}`, `{"name":"Ada","deep":[{"n":[${number}]}]}`])
        assert.deepEqual(await ask("users.create", JSON.parse(payload)), exact, payload);
    const { id } = await create({
      name: "Ada",
      big: 2 ** 53 - 1,
      small: -(2 ** 53 - 1),
      zero: 0,
      part: 0.1,
      tiny: 1e-300,
    });
    const [, { error }] = await ask("user.update", { id, big: 2 ** 53 });
    assert.equal(error, inexactNumber);
    const [, listed] = await ask("users.list", { filter: { big: 2 ** 53 } });
    assert.equal(listed.error, inexactNumber);
  });

  it("takes ids for text, whichever way they were sent", async () => {
    await play({ hasOwners: true });
    const asUser = (user: unknown) => ({ auth: { user } });
    const [, byText] = await ask("users.create", { name: "Ada" }, asUser("1"));
    const [, byNumber] = await ask("users.create", { name: "Bob" }, asUser(1));
    for (const owner_id of [1, "1"]) {
      const [, { users }] = await ask("users.list", { owner_id });
      assert.deepEqual(users, [byText, byNumber]);
    }
    assert.equal((await ask("user.update", { id: byText.id, name: "Eve" }, asUser(1)))[0], "user.updated");
    assert.equal((await ask("users.list", { owner_id: "01" }))[1].count, 0);
  });

  it("refuses an update of a version that is no longer", async () => {
    const { id } = await create({ name: "Ada", version: 1 });
    assert.equal((await ask("user.update", { id, name: "Eve", version: 1 }))[1].version, 2);
    const conflict = ["user.not-updated", { error: "version conflict" }];
    for (const version of [1, 3, "2", null])
      assert.deepEqual(await ask("user.update", { id, name: "Bob", version }), conflict);
    assert.deepEqual(await ask("user.update", { id, age: 1 }), [
      "user.updated",
      { id, name: "Eve", age: 1, version: 3 },
    ]);
    const plain = await create({ name: "Bob" });
    assert.deepEqual(await ask("user.update", { id: plain.id, version: 1 }), conflict);
    assert.equal((await ask("user.update", { id: plain.id, version: 0 }))[1].version, 1);
    for (const version of [-1, 1.5, "1", null])
      assert.equal((await ask("users.create", { name: "Ada", version }))[0], "users.not-created");
  });

  it("lets one of those who update the same version win", async () => {
    const { id } = await create({ name: "Ada", version: 1 });
    const replies = await Promise.all([1, 2, 3].map((n) => ask("user.update", { id, n, version: 1 })));
    assert.deepEqual(replies.map(([name]) => name).sort(), ["user.not-updated", "user.not-updated", "user.updated"]);
  });

  it("deletes a record and shows it once more", async () => {
    const ada = await create({ name: "Ada" });
    assert.deepEqual(await ask("user.delete", { name: "Ada" }), ["user.not-found", { name: "Ada" }]);
    assert.deepEqual(await ask("user.delete", { id: ada.id }), ["user.deleted", ada]);
    assert.deepEqual(await ask("user.delete", { id: ada.id }), ["user.not-found", { id: ada.id }]);
  });

  it("lets nobody but its owner change a record, where records have owners", async () => {
    await play({ hasOwners: true });
    const [ada, bob] = [{ auth: { user: "ada" } }, { auth: { user: "bob" } }];
    const { id, owner_id: owner } = await create({ name: "x", owner_id: "bob" }, ada);
    assert.equal(owner, "ada");
    for (const other of [bob, {}, { auth: { user: { $ne: 1 } } }, { auth: "ada" }]) {
      assert.equal((await ask("user.update", { id, name: "y" }, other))[0], "user.not-updated");
      assert.deepEqual(await ask("user.delete", { id }, other), ["user.not-found", { id }]);
    }
    assert.equal((await ask("user.update", { id, name: "y", owner_id: "bob" }, ada))[1].owner_id, "ada");
    assert.equal((await ask("user.delete", { id }, ada))[0], "user.deleted");
    const mine = await create({ name: "both's" }, { ...ada, id: "123" });
    const his = await create({ name: "both's" }, { ...bob, id: "123" });
    assert.deepEqual([mine.owner_id, his.owner_id], ["ada", "bob"]);
    assert.deepEqual(await create({ name: "both's" }, { ...bob, id: "123" }), his);
    const open = await create({ name: "nobody's" });
    assert.equal((await ask("user.update", { id: open.id, name: "y" }, bob))[0], "user.updated");
  });

  it("takes owner_id for data where records have none", async () => {
    const { id, owner_id: owner } = await create({ name: "x", owner_id: "bob" }, { auth: { user: "ada" } });
    assert.equal(owner, "bob");
    assert.equal((await ask("user.update", { id, owner_id: "eve" }))[1].owner_id, "eve");
  });

  it("lists page by page", async () => {
    for (const name of ["Cy", "Ada", "Bob"]) await create({ name, owner_id: name === "Bob" ? 2 : 1 });
    const page = async (query: object) => {
      const { count: total, users, cursor, error } = (await ask("users.list", query))[1];
      return { total, names: (users as Entry[]).map(({ name }) => name), cursor, error };
    };
    assert.deepEqual((await page({})).names, ["Cy", "Ada", "Bob"]);
    assert.deepEqual((await page({ owner_id: 1, sort: "name" })).names, ["Ada", "Cy"]);
    assert.deepEqual((await page({ filter: { name: "Bob" } })).names, ["Bob"]);
    assert.deepEqual((await page({ filter: { name: { $ne: 1 } } })).total, 0);
    const first = await page({ sort: { name: -1 }, limit: 2 });
    assert.deepEqual([first.total, first.names], [3, ["Cy", "Bob"]]);
    const second = await page({ sort: "-name", limit: 2, cursor: first.cursor });
    assert.deepEqual([second.total, second.names, second.cursor], [3, ["Ada"], undefined]);
    for (const query of [{ sort: "name", cursor: first.cursor }, { cursor: "x" }, { cursor: 1 }, { limit: 0 }, { limit: "1" }, { sort: 1 }, { sort: {} }, { filter: [] }]) // biome-ignore format: a list
      assert.ok((await page(query)).error, JSON.stringify(query));
    for (const query of ["x", 1, [], true]) assert.ok((await page(query as never)).error);
  });

  it("ends a page before it is too large for a message, and refuses a record that is", async () => {
    const text = "x".repeat(300_000);
    for (let n = 0; n < 3; n++) await create({ name: "Ada", text });
    const { users, cursor } = (await ask("users.list", {}))[1];
    assert.equal((users as Entry[]).length, 1);
    assert.equal(((await ask("users.list", { cursor }))[1].users as Entry[]).length, 1);
    for (const odd of [{ text: "x".repeat(1_000_000) }, { text: "\ud800" }, { deep: nested(70) }, manyFields(1001)])
      assert.equal((await ask("users.create", { name: "Ada", ...odd }))[0], "users.not-created");
    assert.equal(
      (await ask("users.create", { name: "Ada", text: "\\ud800 🙂", deep: nested(60) }))[0],
      "users.created",
    );
  });

  it("has a reply of the table for any payload", async () => {
    const names = messageNames(vocabulary);
    const replies: Record<string, readonly string[]> = {
      [names.create]: [names.created, names.notCreated],
      [names.createMany]: [names.createdMany, names.notCreated],
      [names.list]: [names.listed],
      [names.getDetails]: [names.details, names.notFound],
      [names.update]: [names.updated, names.notFound, names.notUpdated],
      [names.delete]: [names.deleted, names.notFound],
    };
    const { id } = await create({ name: "Ada", version: 1 });
    const odd = fc.oneof(fc.jsonValue(), fc.constantFrom("id", "name", "version", "$where", "__proto__", ""), fc.constant(id)); // biome-ignore format: one line
    const key = fc.oneof(fc.string(), fc.constantFrom("id", "name", "version", "owner_id", "filter", "sort", "limit", "cursor", "$or", "constructor")); // biome-ignore format: one line
    const payload = fc.oneof(odd, fc.dictionary(key, odd), fc.array(fc.dictionary(key, odd), { maxLength: 3 }));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...Object.keys(replies)), payload, odd, async (name, any, auth) => {
        const [reply] = await ask(name, JSON.parse(JSON.stringify(any)), { auth });
        assert.ok(replies[name]?.includes(reply), `${name} -> ${reply}`);
      }),
      { numRuns: 300 },
    );
  });
});

function nested(depth: number): unknown {
  return depth === 0 ? 1 : [nested(depth - 1)];
}

function manyFields(count: number): object {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, 1]));
}
