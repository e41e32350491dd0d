import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { newActivity } from "../core/activity.ts";
import { chatter } from "../core/sample.fixture.ts";
import { GuardedArchive } from "./guarded-archive.ts";

describe("the archive of the dashboard, whose file cannot be used", () => {
  const folder = mkdtempSync(join(tmpdir(), "exo-guarded-"));
  after(() => rmSync(folder, { recursive: true }));

  const limits = { keepMs: 60_000, maxBytes: 1024 * 1024 };

  function open(file: string) {
    const states: (string | undefined)[] = [];
    return { states, archive: GuardedArchive.open(join(folder, file), limits, (problem) => states.push(problem)) };
  }

  it("says that another process has locked it, answers from it, and writes once the lock is gone", async () => {
    const { archive, states } = open("locked.sqlite");
    archive.save([newActivity("before", 1)]);
    const other = new DatabaseSync(join(folder, "locked.sqlite"));
    other.exec("BEGIN IMMEDIATE");
    assert.equal(archive.save([newActivity("a", 1)]), false);
    archive.saveSlot(chatter(1, 1));
    archive.prune(1);
    assert.equal(archive.find("before")?.id, "before");
    assert.equal((await archive.search({ limit: 5 })).rows.length, 1);
    assert.deepEqual([states, archive.failures], [["What happened cannot be kept (database is locked)."], 3]);
    other.exec("COMMIT");
    other.close();
    assert.equal(archive.save([newActivity("a", 1)]), true);
    assert.deepEqual([states.at(-1), archive.problem], [undefined, undefined]);
    archive.close();
  });

  it("puts a file that is damaged aside, and begins anew", () => {
    const file = join(folder, "damaged.sqlite");
    writeFileSync(file, "This is not a database. ".repeat(1_000));
    const { archive, states } = open("damaged.sqlite");
    assert.equal(archive.save([newActivity("a", 1)]), true);
    assert.ok(existsSync(`${file}.damaged`));
    assert.match(String(states), /damaged\.sqlite was damaged \(.+\); it is kept as .+\.damaged, and begun anew\./);
    archive.close();
  });

  it("finds nothing where a file turns out to be damaged later on, and says what to do", async () => {
    const { archive } = open("later.sqlite");
    const vandal = new DatabaseSync(join(folder, "later.sqlite"));
    vandal.exec("DROP TABLE activity");
    vandal.close();
    assert.deepEqual([archive.find("a"), archive.held().activities], [undefined, 0]);
    assert.deepEqual(await archive.search({ limit: 5 }), { rows: [], isComplete: false });
    assert.match(archive.problem ?? "", /no such table/);
    archive.close();
  });
});
