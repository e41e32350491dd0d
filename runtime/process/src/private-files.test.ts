import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { makePrivateDatabase, makePrivateFile, makePrivateFolder } from "./private-files.ts";

describe("private files", () => {
  let folder: string;
  const modeOf = (name: string) => (statSync(join(folder, name)).mode & 0o777).toString(8);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "exo-private-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("are made for their owner alone, with the folders above them", () => {
    makePrivateFolder(join(folder, "a/b"));
    makePrivateFile(join(folder, "a/b/key"));
    assert.deepEqual(["a", "a/b", "a/b/key"].map(modeOf), ["700", "700", "600"]);
  });

  it("keep what is in them, and are closed to others if they were not", () => {
    writeFileSync(join(folder, "key"), "secret", { mode: 0o664 });
    makePrivateFile(join(folder, "key"));
    assert.deepEqual([modeOf("key"), readFileSync(join(folder, "key"), "utf8")], ["600", "secret"]);
  });

  it("leave a folder as it is that was there", () => {
    mkdirSync(join(folder, "shared"), { mode: 0o755 });
    makePrivateFolder(join(folder, "shared"));
    assert.equal(modeOf("shared"), "755");
  });

  it("are those of a database as well that an open one was", () => {
    const open = () => {
      const database = new DatabaseSync(join(folder, "db"));
      database.exec("PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS t (a)");
      return database;
    };
    writeFileSync(join(folder, "db"), "", { mode: 0o644 });
    const first = open();
    assert.deepEqual(["db", "db-wal", "db-shm"].map(modeOf), ["644", "644", "644"]);
    makePrivateDatabase(join(folder, "db"));
    const second = open();
    assert.deepEqual(["db", "db-wal", "db-shm"].map(modeOf), ["600", "600", "600"]);
    first.close();
    second.close();
  });
});
