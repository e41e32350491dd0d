import assert from "node:assert/strict";
import { type BusEvent, busView } from "@exosphere/analytics";
import { printable } from "@exosphere/telemetry";
import { eventLine } from "./event-line.ts";
import { coloursOf, ms, rate, table } from "./text.ts";
import { topTable } from "./top-table.ts";
import { traceList, traceText } from "./trace-text.ts";

const none = coloursOf(false);
const event = (fields: Partial<BusEvent>): BusEvent => ({ kind: "published", at: 0, role: "web", ...fields });

describe("what the terminal shows", () => {
  it("is a line for each event: who, to whom, what, and how it ended", () => {
    const copy = { sender: "web", role: "users", name: "make", publicName: "create" } as const;
    const lines = [
      event({ receivers: ["users", "log"], publicName: "create", activity: "a1", payload: '{"a":1}' }),
      event({ ...copy, kind: "delivered", waitedMs: 3 }),
      event({ ...copy, kind: "retried", outcome: "retry", attempt: 2, handledMs: 12 }),
      event({ ...copy, kind: "ended", outcome: "dead", detail: "It was 400." }),
      event({ kind: "refused", name: "x", outcome: "not_allowed", detail: "Add it." }),
      event({ kind: "attached", detail: "node" }),
    ].map((each) =>
      eventLine(each, none)
        .replace(/^\S+ +/, "")
        .replaceAll(/ {2,}/g, " | "),
    );
    assert.deepEqual(lines, [
      'sent | web -> users, log | create | {"a":1} | [a1]',
      "delivered | web -> users | create | waited 3.0 ms",
      "again | web -> users | create | retry after 12 ms, attempt 2",
      "ended | web -> users | create | dead: It was 400.",
      "refused | web | x | not_allowed: Add it.",
      "attached | web | node",
    ]);
  });

  it("obeys nothing that clients say", () => {
    const line = eventLine(event({ publicName: "a\u001b[2Jb\nc", receivers: [] }), none);
    assert.ok(!line.includes("\u001b") && !line.includes("\n"));
    assert.equal(printable("tab\tand bell\u0007"), "tab\\u0009and bell\\u0007");
  });

  it("has colours only where they are wanted", () => {
    assert.equal(coloursOf(true).red("x"), "\u001b[31mx\u001b[0m");
    assert.equal(coloursOf(true).red(""), "");
    assert.equal(none.red("x"), "x");
  });

  it("is short", () => {
    assert.deepEqual([ms(0.123), ms(4.26), ms(700), ms(12_345), ms(undefined)], ["0.12 ms", "4.3 ms", "700 ms", "12.3 s", "-"]); // biome-ignore format: one line
    assert.deepEqual([rate(0), rate(0.25), rate(42.4), rate(12_345)], ["0", "0.3", "42", "12.3k"]);
    assert.deepEqual(table([["a", "b"], ["long", "1"]]), ["a     b", "long  1"]); // biome-ignore format: one line
  });

  it("is a table of roles and of messages, of one role alone where that is wanted", () => {
    const role = (name: string) => ({ role: name, instances: [], waiting: name === "b" ? 4 : 0, waitingBytes: 0, oldestMs: 2500, inFlight: 1, sent: [], received: [] }); // biome-ignore format: one line
    const bus = busView(
      {
        epoch: "e",
        at: 1000,
        bounds: [0.01],
        roles: [
          { ...role("a"), sent: [{ name: "x", publicName: "x", outcomes: { ok: 10 } }] },
          { ...role("b"), received: [{ name: "x", publicName: "x", outcomes: { ok: 6, dead: 2 }, latency: [6, 0], latencySum: 0 }] }, // biome-ignore format: one line
          role("c"),
          {
            ...role("d"),
            instances: [0, 5].map((credit) => ({ id: `${credit}`, agent: "node", credit, inFlight: 0, attachedMs: 1 })),
            received: [{ name: "y", publicName: "y", outcomes: {}, latency: [0, 0], latencySum: 0 }],
          },
        ],
      },
      2,
    );
    const text = topTable(bus, none).join("\n");
    assert.match(text, /^5\.0 published\/s {2}3\.0 done\/s {2}1\.0 failed\/s/);
    assert.match(text, /^b +0 +3\.0 +0 +1\.0 +1 +4 +2500 ms$/m);
    assert.match(text, /^d +2 \(1 takes no work\) +0 /m);
    assert.match(text, /^x +a +b +5\.0 +5\.0 ms +9\.9 ms +25 % +0$/m);
    assert.doesNotMatch(topTable(bus, none, "a").join("\n"), /^c /m);
  });

  it("is an activity in the order of time, and a list of them", () => {
    const activity = {
      id: "act",
      at: 0,
      last: 30,
      omitted: 2,
      errors: 1,
      retries: 1,
      messages: [
        {
          number: 1,
          from: "web",
          name: "create",
          at: 0,
          isRequest: true,
          bytes: 9,
          payload: "{}",
          copies: [
            { to: "users", name: "make", isReply: false, outcome: "ok", endedAt: 30, attempts: [{ at: 1, instance: "i", waitedMs: 1, endedAt: 5, outcome: "retry", detail: "busy" }, { at: 20, instance: "i", waitedMs: 0, endedAt: 30, outcome: "ok" }] }, // biome-ignore format: one line
            { to: "log", name: "create", isReply: false, outcome: "no_instance", endedAt: 25, detail: "nobody", attempts: [] }, // biome-ignore format: one line
          ],
        },
      ],
    };
    const lines = traceText(activity, none).map((line) => line.trim().replaceAll(/ {2,}/g, " | "));
    assert.match(lines[0] ?? "", /^create \| by web \| .* \| 30 ms \| 3 messages \| 1 tried again \| 1 failed$/);
    assert.deepEqual(lines.slice(3), [
      "+0.00 ms | web -> users, log | create (asks) | {}",
      "+1.0 ms | users is given make (attempt 1), waited 1.0 ms",
      "+5.0 ms | users taken back after 4.0 ms: busy",
      "+20 ms | users is given make (attempt 2)",
      "+25 ms | log no_instance: nobody",
      "+30 ms | users done in 10 ms",
      "… and 2 more messages, which were not kept",
    ]);
    assert.ok(!traceText(activity, none, false).join("\n").includes("{}"));
    const row = {
      id: "act",
      at: 0,
      ms: 30,
      messages: 3,
      errors: 1,
      retries: 0,
      from: "web",
      name: "create",
      roles: [],
    };
    assert.match(traceList([row], none)[1] ?? "", /^act +\S+ +create +by web +30 ms +3 +1 failed$/);
  });
});
