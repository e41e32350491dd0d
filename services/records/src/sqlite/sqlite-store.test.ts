import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describeStore } from "../contract/store.contract.ts";
import { SqliteStore } from "./sqlite-store.ts";

const folder = mkdtempSync(join(tmpdir(), "exosphere-records-"));
after(() => rmSync(folder, { recursive: true }));

describeStore("SQLite", async (options) => new SqliteStore(folder, options));

describe("A SqliteStore", () => {
  const entry = { id: "1", name: "Ada" };

  it("makes fields unique, and no longer, when it is told to", async () => {
    const role = "unique";
    const open = (...uniqueFields: string[]) => new SqliteStore(folder, { role, uniqueFields });
    const first = open();
    await first.create([entry, { ...entry, id: "2" }], "c");
    await first.close();
    assert.throws(() => open("name"), /'name' cannot be unique/);
    const other = open('it\'s "odd"');
    await other.close();
    const last = open();
    await last.delete("2", () => {});
    await last.close();
    const unique = open("name");
    await assert.rejects(unique.create([{ ...entry, id: "3" }], "d"), { name: "Taken" });
    await unique.close();
  });

  it("leaves a file of a later version alone", async () => {
    const store = new SqliteStore(folder, { role: "later", uniqueFields: [] });
    await store.close();
    const database = new DatabaseSync(join(folder, "later.sqlite"));
    database.exec("PRAGMA user_version = 99");
    database.close();
    assert.throws(() => new SqliteStore(folder, { role: "later", uniqueFields: [] }), /later version/);
  });

  it("has a file for each role, whatever it is called", async () => {
    const roles = ["a", "A", "a/b", "..", "a%2fb"];
    const before = readdirSync(folder).filter((file) => file.endsWith(".sqlite")).length;
    const stores = roles.map((role) => new SqliteStore(folder, { role, uniqueFields: [] }));
    for (const store of stores) await store.close();
    assert.equal(readdirSync(folder).filter((file) => file.endsWith(".sqlite")).length, before + roles.length);
  });

  it("keeps records in files that only their owner may open, those of an earlier version as well", async () => {
    const place = join(folder, "for/me");
    const modes = () =>
      readdirSync(place).map((file) => `${file} ${(statSync(join(place, file)).mode & 0o777).toString(8)}`);
    const store = new SqliteStore(place, { role: "a", uniqueFields: [] });
    await store.create([entry], "c");
    const wanted = ["a.sqlite 600", "a.sqlite-shm 600", "a.sqlite-wal 600"];
    assert.deepEqual([statSync(place).mode & 0o777, modes()], [0o700, wanted]);
    for (const file of readdirSync(place)) chmodSync(join(place, file), 0o644);
    const other = new SqliteStore(place, { role: "a", uniqueFields: [] });
    assert.deepEqual(modes(), wanted);
    await other.close();
    await store.close();
  });

  it("waits for the write of another process with the same file", async () => {
    const store = new SqliteStore(folder, { role: "shared", uniqueFields: [] });
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

  it("fails at what comes when it is closed", async () => {
    const store = new SqliteStore(folder, { role: "closed", uniqueFields: [] });
    await store.close();
    await assert.rejects(store.create([entry], "a"), /not open/);
  });

  it("keeps each of the writes of one turn by itself", async () => {
    const store = new SqliteStore(folder, { role: "group", uniqueFields: ["name"] });
    const results = await Promise.allSettled([
      store.create([entry], "a"),
      store.create([{ ...entry, id: "2" }], "b"),
      store.create([{ id: "3", name: "Bob" }], "c"),
    ]);
    assert.deepEqual(results.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]); // biome-ignore format: one line
    await store.close();
  });
});
