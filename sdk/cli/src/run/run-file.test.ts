import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findRun, keepRunFile, type RunRecord } from "./run-file.ts";

describe("the run file", () => {
  let root: string;
  const record = (over: Partial<RunRecord> = {}): RunRecord => ({
    version: 1,
    pid: process.pid,
    startedAt: "2026-01-01T00:00:00.000Z",
    application: "shop",
    root,
    broker: { address: "127.0.0.1:4100", adminUrl: "http://127.0.0.1:4101" },
    services: [],
    control: "/tmp/exo/control.sock",
    ...over,
  });

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "exo-run-file-"));
    writeFileSync(join(root, "application.yml"), "name: shop\n");
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it("tells any folder below the application where it runs, until it ends", () => {
    const below = join(root, "users/src");
    mkdirSync(below, { recursive: true });
    assert.equal(findRun(below), undefined);
    const end = keepRunFile(record());
    assert.deepEqual(findRun(below), record());
    end();
    assert.equal(findRun(below), undefined);
  });

  it("is for its owner alone, and for no repository", () => {
    keepRunFile(record());
    assert.equal(statSync(join(root, ".exosphere/run.json")).mode & 0o777, 0o600);
    assert.equal(readFileSync(join(root, ".exosphere/.gitignore"), "utf8"), "*\n");
  });

  it("says nothing of a process that is no more, nor of a folder that was copied", () => {
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    keepRunFile(record({ pid }));
    assert.ok(existsSync(join(root, ".exosphere/run.json")));
    assert.equal(findRun(root), undefined);
    keepRunFile(record());
    const copy = `${root}-copy`;
    cpSync(root, copy, { recursive: true });
    assert.equal(findRun(copy), undefined);
    rmSync(copy, { recursive: true });
  });

  it("is not taken from somebody who runs the application", () => {
    keepRunFile(record({ pid: process.ppid }));
    assert.throws(() => keepRunFile(record()), new RegExp(`runs already, as process ${process.ppid}`));
  });

  it("is nothing where it cannot be read", () => {
    keepRunFile(record());
    for (const text of ["", "{", "null", '{"version":2}', '{"version":1,"pid":"x"}']) {
      writeFileSync(join(root, ".exosphere/run.json"), text);
      assert.equal(findRun(root), undefined);
    }
  });
});
