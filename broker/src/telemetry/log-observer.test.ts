import assert from "node:assert/strict";
import { collectingLog } from "@exosphere/telemetry";
import { FakeClock } from "../core/fake-clock.ts";
import { logObserver } from "./log-observer.ts";

const loss = { role: "users", name: "get", activity: "a", outcome: "no_instance", detail: "Nobody came." };

describe("what the log says of messages that were lost", () => {
  const observed = () => {
    const clock = new FakeClock();
    const { log, lines } = collectingLog();
    const observer = logObserver(log.child({ name: "exocom" }), clock);
    return {
      clock,
      lines,
      observer,
      lose: (times: number) => Array.from({ length: times }, () => observer.lost?.(loss)),
    };
  };

  it("is who lost which, without taking the place of the process' own name", () => {
    const { lines, lose } = observed();
    lose(1);
    const { level, msg, name, role, messageName, outcome, detail } = lines[0] ?? {};
    assert.deepEqual([level, msg, name], ["warn", "a message was lost", "exocom"]);
    assert.deepEqual([role, messageName, outcome, detail], ["users", "get", "no_instance", "Nobody came."]);
  });

  it("names the message and its activity, of a refused one as well", () => {
    const { lines, observer } = observed();
    observer.lost?.({ ...loss, activity: Buffer.from("é").toString("latin1"), message: { id: "order 1" } });
    observer.lost?.({ ...loss, message: { id: undefined } });
    observer.refused?.({ ...loss, id: "order 2", activity: "é" });
    assert.deepEqual(
      lines.map((line) => [line.id, line.activityId]),
      [
        ["order 1", "é"],
        [undefined, "a"],
        ["order 2", "é"],
      ],
    );
  });

  it("is a line each for the first of a second, and one for all others, though no more follow", () => {
    const { clock, lines, lose } = observed();
    lose(100);
    assert.equal(lines.length, 20);
    clock.advance(1000);
    assert.equal(lines.length, 21);
    assert.deepEqual([lines[20]?.msg, lines[20]?.losses], ["more messages were lost", 80]);
  });

  it("does not hide what was refused, which is counted by itself", () => {
    const { clock, lines, observer, lose } = observed();
    lose(100);
    for (let count = 0; count < 21; count += 1) observer.refused?.({ ...loss, outcome: "refused_by_security" });
    clock.advance(1000);
    const refused = lines.filter(({ msg }) => String(msg).includes("not authorised"));
    assert.equal(refused.length, 21);
    assert.deepEqual([refused[0]?.messageName, refused[0]?.outcome], ["get", "refused_by_security"]);
    assert.deepEqual([refused[20]?.msg, refused[20]?.refusals], ["more messages were not authorised", 1]);
  });

  it("begins anew with the next second", () => {
    const { clock, lines, lose } = observed();
    lose(5);
    clock.advance(1000);
    lose(20);
    assert.deepEqual(new Set(lines.map(({ msg }) => msg)), new Set(["a message was lost"]));
    assert.equal(lines.length, 25);
  });
});
