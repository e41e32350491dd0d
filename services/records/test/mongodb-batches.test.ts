import assert from "node:assert/strict";
import { MongoClient } from "mongodb";
import { v7 as uuidByTime } from "uuid";
import type { Entry } from "../src/core/fields.ts";
import { documentOf } from "../src/mongodb/document.ts";
import { MongodbStore } from "../src/mongodb/mongodb-store.ts";
import { howToInstall, MongodbServer } from "./mongodb-server.fixture.ts";

describe("a MongodbStore after a crash amid a create-many", function () {
  this.timeout(60_000);
  let server: MongodbServer;
  let client: MongoClient;
  let role: string;
  let count = 0;

  before("start a server", async function () {
    if (!MongodbServer.isPresent) {
      console.log(`      skipped: ${howToInstall}`);
      this.skip();
    }
    server = await MongodbServer.start();
    client = await MongoClient.connect(server.url);
  });
  beforeEach(() => {
    role = `role${++count}`;
  });
  after(async () => {
    await client?.close();
    await server?.stop();
  });

  const open = () => MongodbStore.open(server.url, { role, uniqueFields: ["email"] });
  const collection = (name: string) => client.db("exosphere").collection(name);

  /** Leaves behind what a process does that ends when one of two records is inserted. */
  async function crash(entries: readonly Entry[], { isUndone = false, agoMs = 60_000 } = {}) {
    const documents = entries.map((entry, position) =>
      documentOf(entry, { creation: "c", position, revision: 1 }, ["email"]),
    );
    const startedAt = new Date(Date.now() - agoMs);
    await collection(`${role}.batches`).insertOne({ _id: "c", documents, isUndone, startedAt } as never);
    await collection(role).insertOne(documents[0] as never);
  }
  const two = (...emails: string[]) => emails.map((email) => ({ id: uuidByTime(), email }));

  async function kept(store: MongodbStore): Promise<unknown[]> {
    const { entries } = await store.list({
      match: {},
      sortBy: undefined,
      isDescending: false,
      limit: 9,
      maxBytes: 1_000_000,
      after: undefined,
    });
    return entries.map(({ email }) => email);
  }

  it("brings it to its end when it starts", async () => {
    await crash(two("a", "b"));
    const store = await open();
    assert.deepEqual(await kept(store), ["a", "b"]);
    assert.equal(await collection(`${role}.batches`).countDocuments(), 0);
    await store.close();
  });

  it("takes it back when a value was taken meanwhile, or when it was being taken back", async () => {
    const first = await open();
    await first.create(two("b"), "other");
    await first.close();
    await crash(two("a", "b"));
    const second = await open();
    assert.deepEqual(await kept(second), ["b"]);
    await second.close();
    await crash(two("x", "y"), { isUndone: true });
    const third = await open();
    assert.deepEqual(await kept(third), ["b"]);
    await third.close();
  });

  it("goes on with it when the message is delivered again", async () => {
    const store = await open();
    const entries = two("a", "b");
    await crash(entries, { agoMs: 0 });
    assert.deepEqual(await store.create(two("a", "b"), "c"), entries);
    assert.deepEqual(await kept(store), ["a", "b"]);
    await store.close();
  });
});
