import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describeStore } from "../contract/store.contract.ts";
import { SqliteStore } from "./sqlite-store.ts";

const folder = mkdtempSync(join(tmpdir(), "exosphere-records-"));
after(() => rmSync(folder, { recursive: true }));

describeStore("SQLite", (options) => SqliteStore.open(folder, options));

describe("A SqliteStore", () => {
  const entry = { id: "1", name: "Ada" };
  const everything = { sortBy: undefined, isDescending: false, limit: 100, maxBytes: 1e6, after: undefined };

  it("makes fields unique, and no longer, when it is told to", async () => {
    const role = "unique";
    const open = (...uniqueFields: string[]) => SqliteStore.open(folder, { role, uniqueFields });
    const first = await open();
    await first.create([entry, { ...entry, id: "2" }], "c");
    await first.close();
    await assert.rejects(open("name"), /'name' cannot be unique/);
    const other = await open('it\'s "odd"');
    await other.close();
    const last = await open();
    await last.delete("2", () => {});
    await last.close();
    const unique = await open("name");
    await assert.rejects(unique.create([{ ...entry, id: "3" }], "d"), { name: "Taken" });
    await unique.close();
  });

  it("leaves a file of a later version alone", async () => {
    const store = await SqliteStore.open(folder, { role: "later", uniqueFields: [] });
    await store.close();
    const database = new DatabaseSync(join(folder, "later.sqlite"));
    database.exec("PRAGMA user_version = 99");
    database.close();
    await assert.rejects(SqliteStore.open(folder, { role: "later", uniqueFields: [] }), /later version/);
  });

  it("has a file for each role, whatever it is called", async () => {
    const roles = ["a", "A", "a/b", "..", "a%2fb"];
    const before = readdirSync(folder).filter((file) => file.endsWith(".sqlite")).length;
    const stores = await Promise.all(roles.map((role) => SqliteStore.open(folder, { role, uniqueFields: [] })));
    for (const store of stores) await store.close();
    assert.equal(readdirSync(folder).filter((file) => file.endsWith(".sqlite")).length, before + roles.length);
  });

  it("keeps records in files that only their owner may open, those of an earlier version as well", async () => {
    const place = join(folder, "for/me");
    const modes = () =>
      readdirSync(place).map((file) => `${file} ${(statSync(join(place, file)).mode & 0o777).toString(8)}`);
    const store = await SqliteStore.open(place, { role: "a", uniqueFields: [] });
    await store.create([entry], "c");
    const wanted = ["a.sqlite 600", "a.sqlite-shm 600", "a.sqlite-wal 600"];
    assert.deepEqual([statSync(place).mode & 0o777, modes()], [0o700, wanted]);
    for (const file of readdirSync(place)) chmodSync(join(place, file), 0o644);
    const other = await SqliteStore.open(place, { role: "a", uniqueFields: [] });
    assert.deepEqual(modes(), wanted);
    await other.close();
    await store.close();
  });

  it("waits for the write of another process with the same file", async () => {
    const store = await SqliteStore.open(folder, { role: "shared", uniqueFields: [] });
    const other = `
      const { DatabaseSync } = require("node:sqlite");
      const database = new DatabaseSync(${JSON.stringify(join(folder, "shared.sqlite"))});
      database.exec("BEGIN IMMEDIATE");
      console.log("begun");
      setTimeout(() => database.exec("COMMIT"), 100);`;
    const writer = spawn(process.execPath, ["-e", other], { stdio: ["ignore", "pipe", "ignore"] });
    await once(writer.stdout, "data");
    assert.deepEqual(await store.create([entry], "a"), [entry]);
    await store.close();
  });

  it("reads while another process holds a lock, and goes on writing when that is gone", async () => {
    const store = await SqliteStore.open(folder, { role: "locked", uniqueFields: [] });
    await store.create([entry], "a");
    const other = new DatabaseSync(join(folder, "locked.sqlite"));
    other.exec("BEGIN IMMEDIATE");
    const written = store.create([{ ...entry, id: "2" }], "b");
    const turn = new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(await store.find({ id: "1" }), entry);
    assert.equal((await store.list({ ...everything, match: {} })).count, 1);
    await turn;
    other.exec("COMMIT");
    other.close();
    assert.equal((await written).length, 1);
    await store.close();
  });

  it("does not hold up a write by lists that take long", async () => {
    const store = await SqliteStore.open(folder, { role: "busy", uniqueFields: [] });
    const many = Array.from({ length: 5_000 }, (_, at) => ({
      id: `r${at}`,
      name: `n${at % 100}`,
      text: "x".repeat(50),
    }));
    await store.create(many, "many");
    let listed = 0;
    const lists = Array.from({ length: 40 }, () =>
      store.list({ ...everything, match: {}, sortBy: "name" }).then(() => (listed += 1)),
    );
    await store.create([entry], "one");
    assert.ok(listed < lists.length, "the write came through before the lists were done");
    await Promise.all(lists);
    await store.close();
  });

  it("refuses a file that is damaged, and says what to do", async () => {
    const store = await SqliteStore.open(folder, { role: "damaged", uniqueFields: [] });
    const many = Array.from({ length: 500 }, (_, at) => ({ id: `r${at}`, name: "x".repeat(200) }));
    await store.create(many, "many");
    await store.close();
    const path = join(folder, "damaged.sqlite");
    const bytes = readFileSync(path);
    for (let page = 2; page * 4096 < bytes.length; page += 1) bytes.fill(0xff, page * 4096, page * 4096 + 64);
    writeFileSync(path, bytes);
    await assert.rejects(SqliteStore.open(folder, { role: "damaged", uniqueFields: [] }), /is damaged .*restore it/);
    writeFileSync(path, "This was a database once.");
    await assert.rejects(SqliteStore.open(folder, { role: "damaged", uniqueFields: [] }), /is damaged .*restore it/);
  });

  it("reports a file that is damaged while it is used", async () => {
    const broken = Promise.withResolvers<Error>();
    const store = await SqliteStore.open(folder, { role: "decays", uniqueFields: [] }, broken.resolve);
    const many = Array.from({ length: 2_000 }, (_, at) => ({ id: `r${at}`, name: "x".repeat(2_000) }));
    await store.create(many, "many");
    const path = join(folder, "decays.sqlite");
    const other = new DatabaseSync(path);
    other.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    other.close();
    const bytes = readFileSync(path);
    for (let page = 2; page * 4096 < bytes.length; page += 1) bytes.fill(0xff, page * 4096, page * 4096 + 64);
    writeFileSync(path, bytes);
    await assert.rejects(store.list({ ...everything, match: {}, sortBy: "name" }));
    assert.match((await broken.promise).message, /damaged/);
    await store.close();
  });

  it("fails at what comes when it is closed", async () => {
    const store = await SqliteStore.open(folder, { role: "closed", uniqueFields: [] });
    await store.close();
    await assert.rejects(store.create([entry], "a"), /not open/);
  });

  it("keeps each of the writes of one turn by itself", async () => {
    const store = await SqliteStore.open(folder, { role: "group", uniqueFields: ["name"] });
    const results = await Promise.allSettled([
      store.create([entry], "a"),
      store.create([{ ...entry, id: "2" }], "b"),
      store.create([{ id: "3", name: "Bob" }], "c"),
    ]);
    assert.deepEqual(results.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]); // biome-ignore format: one line
    await store.close();
  });
});
