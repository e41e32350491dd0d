import assert from "node:assert/strict";
import { type Activity, addEvent, newActivity, rowOf } from "./activity.ts";
import { ActivityLog } from "./activity-log.ts";
import type { BusEvent } from "./bus-event.ts";
import { eventFilter } from "./event-filter.ts";

const at = (ms: number, event: Partial<BusEvent>): BusEvent => ({ kind: "published", at: ms, role: "web", activity: "a", message: 1, name: "make", publicName: "create", ...event }); // biome-ignore format: one line

/** A message that is tried twice at one role and fails at another. */
const life: readonly BusEvent[] = [
  at(100, { receivers: ["users", "log"], payload: "{}", isRequest: true }),
  at(101, { kind: "delivered", role: "users", sender: "web", instance: "u1", attempt: 1, waitedMs: 1 }),
  at(105, {
    kind: "retried",
    role: "users",
    sender: "web",
    instance: "u1",
    attempt: 1,
    outcome: "retry",
    detail: "busy",
  }),
  at(110, { kind: "delivered", role: "users", sender: "web", instance: "u2", attempt: 2 }),
  at(118, { kind: "ended", role: "users", sender: "web", instance: "u2", attempt: 2, outcome: "ok" }),
  at(130, { kind: "ended", role: "log", sender: "web", attempt: 0, outcome: "no_instance", detail: "nobody" }),
];

const activityOf = (events: readonly BusEvent[]): Activity => {
  const activity = newActivity("a", events[0]?.at ?? 0);
  for (const event of events) addEvent(activity, event);
  return activity;
};

describe("an activity", () => {
  it("is put together from what happened: messages, copies, attempts, endings", () => {
    const { messages, errors, retries, at: start, last } = activityOf(life);
    const [message] = messages;
    assert.deepEqual([messages.length, errors, retries, start, last], [1, 1, 1, 100, 130]);
    assert.deepEqual(
      [message?.from, message?.name, message?.sentAs, message?.payload],
      ["web", "create", "make", "{}"],
    );
    const [users, log] = message?.copies ?? [];
    assert.deepEqual(users?.attempts.map(({ instance, outcome, endedAt }) => [instance, outcome, endedAt]), [["u1", "retry", 105], ["u2", "ok", 118]]); // biome-ignore format: one line
    assert.equal(users?.outcome, "ok");
    assert.deepEqual([log?.outcome, log?.detail, log?.attempts.length], ["no_instance", "nobody", 0]);
    const row = rowOf(activityOf(life));
    assert.deepEqual([row.ms, row.from, row.name, row.roles], [30, "web", "create", ["web", "users", "log"]]);
  });

  it("shows what it can where the beginning was not seen", () => {
    const { messages } = activityOf(life.slice(-1));
    assert.deepEqual([messages[0]?.from, messages[0]?.name, messages[0]?.copies[0]?.outcome], ["web", "create", "no_instance"]); // biome-ignore format: one line
  });

  it("says why a message was refused", () => {
    const { messages, errors } = activityOf([
      at(1, { kind: "refused", message: 0, outcome: "not_allowed", detail: "no" }),
    ]);
    assert.deepEqual([errors, messages[0]?.refused], [1, { reason: "not_allowed", detail: "no" }]);
  });

  it("keeps so many messages only, and counts the others", () => {
    const many = Array.from({ length: 1000 }, (_, index) => at(index, { message: index + 1 }));
    const activity = activityOf(many);
    assert.deepEqual([activity.messages.length, activity.omitted, rowOf(activity).messages], [400, 600, 1000]);
  });
});

function archiveOf() {
  const saved = new Map<string, string>();
  const state = { isWritable: true };
  return {
    saved,
    state,
    find: (id: string) => (saved.has(id) ? (JSON.parse(saved.get(id) ?? "") as Activity) : undefined),
    save: (all: readonly Activity[]) => {
      if (!state.isWritable) return false;
      for (const activity of all) saved.set(activity.id, JSON.stringify(activity));
      return true;
    },
  };
}

describe("the log of activities", () => {
  it("saves what has changed, lets go of what is quiet, and goes on with it when more comes", () => {
    const archive = archiveOf();
    const log = new ActivityLog(archive);
    for (const event of life.slice(0, 3)) log.add(event);
    log.save(200);
    assert.deepEqual([log.size, archive.saved.size], [1, 1]);
    log.save(60_000);
    assert.equal(log.size, 0);
    for (const event of life.slice(3)) log.add(event);
    assert.equal(log.find("a")?.messages[0]?.copies.length, 2);
    log.save(200);
    assert.equal(archive.find("a")?.errors, 1);
  });

  it("holds a bounded number, and loses none beyond", () => {
    const archive = archiveOf();
    const log = new ActivityLog(archive);
    for (let index = 0; index < 12_000; index += 1) log.add(at(index, { activity: `a${index}` }));
    assert.ok(log.size <= 10_000, `${log.size}`);
    assert.equal(log.find("a0")?.id, "a0");
  });
});

describe("activities whose archive cannot be written", () => {
  it("stay in memory until the archive can be written, and are counted as lost where memory is full", () => {
    const archive = archiveOf();
    const log = new ActivityLog(archive);
    archive.state.isWritable = false;
    for (const event of life) log.add(event);
    log.save(60_000);
    assert.deepEqual([log.size, archive.saved.size, log.lost], [1, 0, 0]);
    archive.state.isWritable = true;
    log.save(60_000);
    assert.deepEqual([log.size, archive.saved.size, log.lost], [0, 1, 0]);
    archive.state.isWritable = false;
    for (let index = 0; index < 10_001; index += 1) log.add(at(index, { activity: `a${index}` }));
    assert.deepEqual([log.size, log.lost], [9_000, 1_001]);
  });
});

describe("the filter of the tap", () => {
  const count = (...options: Parameters<typeof eventFilter>) => life.filter(eventFilter(...options)).length;

  it("knows roles on either side, names with any rest, activities, and trouble", () => {
    assert.equal(count({}), 6);
    assert.deepEqual([count({ roles: ["users"] }), count({ roles: ["log"] }), count({ roles: ["x"] })], [5, 2, 0]);
    assert.deepEqual([count({ names: ["cre*"] }), count({ names: ["make"] }), count({ names: ["x"] })], [6, 6, 0]);
    assert.deepEqual([count({ activity: "a" }), count({ activity: "b" })], [6, 0]);
    assert.equal(count({ troubleOnly: true }), 2);
  });
});
