import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { processStart } from "./process-start.ts";
import { findRun, keepRunFile } from "./run-file.ts";
import type { RunRecord } from "./run-record.ts";

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
  const file = () => join(root, ".exosphere/run.json");
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it("tells any folder below the application where it runs, until it ends", () => {
    const below = join(root, "users/src");
    mkdirSync(below, { recursive: true });
    assert.equal(findRun(below), undefined);
    const end = keepRunFile(record());
    const { processStart: start, ...found } = findRun(below) ?? record();
    assert.deepEqual(found, record());
    assert.equal(start, processStart(process.pid));
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
    const broken = [
      ...["", "{", "null", '{"version":2}', '{"version":1,"pid":"x"}'],
      ...[{ services: undefined }, { services: [{}] }, { broker: {} }, { control: 7 }, { pid: -1 }, { root: "." }].map(
        (over) => JSON.stringify({ ...record(), ...over }),
      ),
    ];
    for (const text of broken) {
      writeFileSync(file(), text);
      assert.equal(findRun(root), undefined, text);
    }
  });

  it("is nothing where its process has another's number", function () {
    if (processStart(process.pid) === undefined) return this.skip(); // the system does not tell
    keepRunFile(record());
    writeFileSync(file(), JSON.stringify(record({ processStart: "an earlier boot 123" })), { mode: 0o600 });
    assert.equal(findRun(root), undefined);
    keepRunFile(record());
    assert.equal(findRun(root)?.pid, process.pid);
  });

  it("is nothing where others may write it, where it leads elsewhere, and where it is a pipe that nobody writes to", () => {
    keepRunFile(record());
    chmodSync(file(), 0o666);
    assert.equal(findRun(root), undefined);
    chmodSync(file(), 0o600);
    const elsewhere = join(root, "elsewhere.json");
    renameSync(file(), elsewhere);
    symlinkSync(elsewhere, file());
    assert.equal(findRun(root), undefined);
    rmSync(file());
    if (spawnSync("mkfifo", [file()]).status === 0) assert.equal(findRun(root), undefined);
    keepRunFile(record());
    assert.equal(findRun(root)?.pid, process.pid);
  });

  it("says in one line that it cannot be written", () => {
    writeFileSync(join(root, ".exosphere"), "");
    assert.throws(() => keepRunFile(record()), { name: "StartError", message: /\.exosphere.*--no-run-file/ });
    rmSync(join(root, ".exosphere"));
    mkdirSync(file(), { recursive: true });
    assert.throws(() => keepRunFile(record()), { name: "StartError", message: /run\.json.*--no-run-file/ });
  });
});
