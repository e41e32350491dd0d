import assert from "node:assert/strict";
import { commandFor } from "../../page/model/commands.ts";
import { ago, bytes, duration, percent, rate } from "../../page/model/format.ts";
import { bucketRange, heatColumns, heatMarks } from "../../page/model/heat.ts";
import { jsonTokens, prettyJson } from "../../page/model/json-text.ts";
import { sequenceOf } from "../../page/model/sequence.ts";
import { timelineShape } from "../../page/model/timeline-shape.ts";
import { addEvent, newActivity } from "../../src/core/activity.ts";
import type { BusEvent } from "../../src/core/bus-event.ts";

/** web asks users, who takes it at the second attempt; log fails; an hour passes before the reply. */
function activity() {
  const base = { activity: "a", message: 1, name: "create", publicName: "create" } as const;
  const copy = { ...base, sender: "web" } as const;
  const events: BusEvent[] = [
    { ...base, kind: "published", at: 0, role: "web" },
    { ...copy, kind: "delivered", at: 1, role: "users" },
    { ...copy, kind: "retried", at: 4, role: "users", outcome: "retry" },
    { ...copy, kind: "delivered", at: 100, role: "users", attempt: 2 },
    { ...copy, kind: "delivered", at: 2, role: "log" },
    { ...copy, kind: "ended", at: 9, role: "log", outcome: "dead" },
    { ...copy, kind: "ended", at: 110, role: "users", outcome: "ok", attempt: 2 },
    { ...base, kind: "published", at: 3_600_000, role: "users", message: 2, publicName: "created", responseTo: "1" },
    { ...base, kind: "refused", at: 3_600_001, role: "web", message: 0, outcome: "not_allowed" },
  ];
  const made = newActivity("a", 0);
  for (const event of events) addEvent(made, event);
  return made;
}

describe("the diagram of an activity", () => {
  const sequence = sequenceOf(activity(), 1000);

  it("has a line for each role, and time runs downwards", () => {
    assert.deepEqual(sequence.lifelines.map(({ role }) => role), ["web", "users", "log"]); // biome-ignore format: one line
    const ys = sequence.ticks.map(({ y }) => y);
    assert.deepEqual(
      ys,
      [...ys].sort((a, b) => a - b),
    );
    assert.ok(sequence.arrows.every(({ y1, y2 }) => y2 >= y1));
  });

  it("shows waiting, each attempt, and how it ended", () => {
    const at = (role: string) => sequence.spans.filter((span) => span.role === role).map(({ kind, outcome, attempt }) => `${kind} ${outcome} ${attempt}`); // biome-ignore format: one line
    assert.deepEqual(at("users"), ["waiting  1", "handling retry 1", "waiting  2", "handling ok 2"]);
    assert.deepEqual(at("log"), ["waiting  1", "handling dead 1"]);
    assert.deepEqual(sequence.arrows.map(({ kind, isFailed }) => `${kind} ${isFailed}`), ["message false", "message true", "message false", "refused true"]); // biome-ignore format: one line
  });

  it("labels no two moments alike, one after the other", () => {
    const made = newActivity("b", 0);
    for (let index = 0; index < 12; index += 1) {
      const at = index === 0 ? 0 : 1_200 + index;
      addEvent(made, { kind: "published", at, role: "web", activity: "b", message: index, publicName: "create" });
    }
    const texts = sequenceOf(made, 1000).ticks.map(({ text }) => text);
    assert.deepEqual(texts, ["0", "+1.2 s"]);
  });

  it("fits an hour and a millisecond on a page", () => {
    assert.ok(sequence.height < 900, `${sequence.height}`);
    const [first, second] = sequence.spans.filter(({ kind }) => kind === "handling");
    assert.ok((first?.to ?? 0) > (first?.from ?? 0) && (second?.to ?? 0) > (second?.from ?? 0));
  });
});

describe("what the page says", () => {
  it("is short", () => {
    assert.deepEqual([0.0421, 4.26, 12.7, 1290, 65_000, undefined].map(duration), ["0.04 ms", "4.3 ms", "13 ms", "1.3 s", "1 m 5 s", "–"]); // biome-ignore format: one line
    assert.deepEqual([0, 0.01, 3.14, 99.6, 12_345, 2_000_000].map(rate), ["0", "<0.1", "3.1", "100", "12.3k", "2M"]);
    assert.deepEqual([bytes(312), bytes(4200), percent(0.0042), percent(0), ago(61_000)], ["312 B", "4.1 KiB", "0.4 %", "0 %", "1 m ago"]); // biome-ignore format: one line
  });

  it("is the command that shows the same, with everything quoted that a shell would read", () => {
    const usual = { broker: "127.0.0.1:4100", dashboard: "http://127.0.0.1:4400" };
    const other = { broker: "127.0.0.1:1", dashboard: "http://127.0.0.1:2" };
    assert.equal(commandFor({ view: "map" }, usual), "exo top");
    assert.equal(commandFor({ view: "tap", role: "a b", name: "it's", troubleOnly: true }, other), "exo tap --role 'a b' --name 'it'\\''s' --trouble --broker 127.0.0.1:1"); // biome-ignore format: one line
    assert.equal(
      commandFor({ view: "activity", id: "$(x)" }, other),
      "exo trace '$(x)' --dashboard http://127.0.0.1:2",
    );
    assert.equal(commandFor({ view: "activities", query: { text: "a", slower: "5" } }, usual), "exo trace --find a --slower 5ms"); // biome-ignore format: one line
  });

  it("is JSON as it was sent, only indented", () => {
    assert.equal(prettyJson('{"a":9007199254740993,"b":["x,y",{}],"c":[ ]}'), '{\n  "a": 9007199254740993,\n  "b": [\n    "x,y",\n    {}\n  ],\n  "c": []\n}'); // biome-ignore format: one line
    assert.deepEqual(jsonTokens('{"a":"b:","c":-1.5e3,"d":null}').filter(({ kind }) => kind !== "plain").map(({ kind }) => kind), ["key", "text", "key", "number", "key", "word"]); // biome-ignore format: one line
    assert.equal(jsonTokens('{"cut').map(({ text }) => text).join(""), '{"cut'); // biome-ignore format: one line
  });
});

describe("the heatmap", () => {
  it("puts slots together where there is no room for each, and loses none", () => {
    const slots = Array.from({ length: 720 }, (_, index) => ({ at: (index + 1) * 5000, counts: [1, 0, 2] }));
    const columns = heatColumns(slots, { from: 0, to: 3_600_000 }, 100);
    assert.ok(columns.length <= 100);
    assert.equal(columns.reduce((sum, { total }) => sum + total, 0), 2160); // biome-ignore format: one line
    assert.deepEqual(bucketRange(columns, 20), { first: 0, last: 5 });
  });

  it("labels as many rows as there is room for, and no two alike", () => {
    const bounds = Array.from({ length: 60 }, (_, index) => 0.5 * 1.1 ** index);
    const texts = heatMarks(bounds, { first: 0, last: 59 }, 4).map(({ text }) => text);
    assert.deepEqual(texts, [...new Set(texts)]);
    assert.deepEqual(texts.slice(0, 3), ["0.50 ms", "0.81 ms", "1.3 ms"]);
    const coarse = heatMarks([1, 1.01, 5], { first: 0, last: 3 }, 60);
    assert.deepEqual(coarse, [{ bucket: 0, text: "1 ms" }, { bucket: 2, text: "5 ms" }]); // biome-ignore format: one line
  });

  it("has a timeline with gaps where nothing is known", () => {
    const point = (at: number) => ({ at, published: 1, failed: at === 5000 ? 1 : 0, retried: 0, oldestMs: 0 });
    const shape = timelineShape(
      [5000, 10_000, 90_000].map(point),
      { from: 0, to: 100_000 },
      { width: 100, height: 40 },
    );
    assert.equal(shape.line.match(/M/g)?.length, 2);
    assert.equal(shape.failures.length, 1);
    assert.deepEqual(timelineShape([], { from: 0, to: 1 }, { width: 1, height: 1 }).failures, []);
  });
});
