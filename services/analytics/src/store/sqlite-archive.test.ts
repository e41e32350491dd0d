import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Activity, addEvent, newActivity } from "../core/activity.ts";
import { chatter } from "../core/sample.fixture.ts";
import { SqliteArchive } from "./sqlite-archive.ts";

const folder = mkdtempSync(join(tmpdir(), "exo-archive-"));
after(() => rmSync(folder, { recursive: true }));

const limits = { keepMs: 60_000, maxBytes: 64 * 1024 * 1024 };

/** An activity of one message. */
function activity(id: string, at: number, payload = "{}", ms = 5, outcome = "ok"): Activity {
  const made = newActivity(id, at);
  const message = { at, activity: id, message: 1, name: "create", publicName: "create" };
  addEvent(made, { ...message, kind: "published", role: "web", payload, id: `m-${id}` });
  addEvent(made, { ...message, kind: "ended", at: at + ms, role: "users", sender: "web", outcome });
  return made;
}

describe("the archive of the last hour", () => {
  const found = async (archive: SqliteArchive, search: object) =>
    (await archive.search({ limit: 50, ...search })).rows.map(({ id }) => id);

  it("finds activities by id, message id, text of a payload, name, role, slowness and trouble, the latest first", async () => {
    const archive = new SqliteArchive(":memory:", limits);
    archive.save([
      activity("a", 1000, '{"name":"Ada Lovelace"}'),
      activity("b", 2000, '{"n":9007199254740993}', 800),
      activity("c", 3000, '"it\'s 100 %_"', 5, "dead"),
    ]);
    assert.deepEqual(await found(archive, {}), ["c", "b", "a"]);
    assert.deepEqual(await found(archive, { text: "a" }), ["c", "b", "a"]);
    assert.deepEqual(await found(archive, { text: "m-b" }), ["b"]);
    assert.deepEqual(await found(archive, { text: "lovelace" }), ["a"]);
    assert.deepEqual(await found(archive, { text: '"name":"Ada' }), ["a"]);
    assert.deepEqual(await found(archive, { text: "9007199254740993" }), ["b"]);
    assert.deepEqual(await found(archive, { text: "100 %_" }), ["c"]);
    assert.deepEqual(await found(archive, { text: "%" }), ["c"]);
    assert.deepEqual(await found(archive, { name: "create", role: "users", slowerMs: 700 }), ["b"]);
    assert.deepEqual(await found(archive, { role: "nobody" }), []);
    assert.deepEqual(await found(archive, { troubleOnly: true }), ["c"]);
    assert.deepEqual(await found(archive, { before: 3000 }), ["b", "a"]);
    assert.deepEqual(await found(archive, { limit: 1 }), ["c"]);
    archive.close();
  });

  it("finds what is behind many others, also of the same millisecond", async () => {
    const archive = new SqliteArchive(":memory:", limits);
    const wanted = ["wanted-1", "wanted-2"].map((id) => activity(id, 1000, '"look"'));
    const others = Array.from({ length: 3_000 }, (_, index) => activity(`other-${index}`, 1000 + (index % 2)));
    archive.save([...wanted, ...others]);
    assert.deepEqual(await found(archive, { text: "look" }), ["wanted-2", "wanted-1"]);
    assert.equal((await found(archive, { limit: 5_000 })).length, 3_002);
    assert.equal((await found(archive, { limit: 5_000, before: 1001 })).length, 1_502);
    archive.close();
  });

  it("keeps payloads in files that only their owner may open", () => {
    const place = join(folder, "for/me");
    const archive = new SqliteArchive(join(place, "analytics.sqlite"), limits);
    archive.save([activity("a", 1000)]);
    const modes = readdirSync(place).map((file) => statSync(join(place, file)).mode & 0o777);
    assert.deepEqual([statSync(place).mode & 0o777, modes], [0o700, [0o600, 0o600, 0o600]]);
    archive.close();
  });

  it("replaces an activity that went on", () => {
    const archive = new SqliteArchive(":memory:", limits);
    archive.save([activity("a", 1000)]);
    archive.save([activity("a", 1000, "{}", 77)]);
    assert.equal(archive.find("a")?.last, 1077);
    assert.equal(archive.held().activities, 1);
    archive.close();
  });

  it("keeps all of what is saved together or none, and goes on", () => {
    const archive = new SqliteArchive(":memory:", limits);
    const unkeepable = { ...activity("b", 1000), at: undefined as unknown as number };
    assert.throws(() => archive.save([activity("a", 1000), unkeepable]));
    assert.equal(archive.held().activities, 0);
    archive.save([activity("a", 1000)]);
    assert.equal(archive.held().activities, 1);
    archive.close();
  });

  it("lets go of what is too old", () => {
    const archive = new SqliteArchive(":memory:", limits);
    archive.save([activity("old", 1000), activity("new", 100_000)]);
    archive.saveSlot(chatter(1, 1));
    archive.saveSlot(chatter(100, 1));
    archive.prune(110_000);
    assert.deepEqual([archive.find("old"), archive.find("new")?.id], [undefined, "new"]);
    assert.equal(archive.slots(110_000).length, 1);
    archive.close();
  });

  it("stays within its size: the oldest go first, and the file does not grow beyond", () => {
    const file = join(folder, "bounded.sqlite");
    const archive = new SqliteArchive(file, { keepMs: 1e9, maxBytes: 2 * 1024 * 1024 });
    const payload = JSON.stringify("x".repeat(2000));
    for (let batch = 0; batch < 30; batch += 1) {
      archive.save(
        Array.from({ length: 200 }, (_, index) => activity(`${batch}-${index}`, batch * 1000 + index, payload)),
      );
      archive.prune(batch * 1000);
    }
    assert.ok(archive.held().bytes <= 2 * 1024 * 1024);
    assert.equal(archive.find("0-0"), undefined);
    assert.equal(archive.find("29-199")?.id, "29-199");
    archive.close();
    assert.ok(statSync(file).size < 6 * 1024 * 1024, `${statSync(file).size}`);
  });

  it("has everything again after a restart", () => {
    const file = join(folder, "kept.sqlite");
    const first = new SqliteArchive(file, limits);
    first.save([activity("a", 1000)]);
    first.saveSlot(chatter(1, 1));
    first.close();
    const second = new SqliteArchive(file, limits);
    assert.equal(second.find("a")?.id, "a");
    assert.equal(second.slots(2000).length, 1);
    second.close();
  });
});
