import assert from "node:assert/strict";
import fc from "fast-check";
import { decide, sealed, unsealed } from "../../contract/sealed.ts";
import type { RefusedMessage } from "../observer.ts";
import { CoreBus, type CoreParticipant } from "../testing/core-bus.ts";

const routes = {
  security: {},
  web: { sends: ["note"] },
  sink: { receives: ["note"] },
  audit: { receives: ["message unauthorized"] },
};

describe("Authoriser", () => {
  /** What any number of senders, verdicts and pauses may do. */
  const step = fc.oneof(
    fc.record({ kind: fc.constant("send" as const), sender: fc.nat(1), activity: fc.nat(2) }),
    fc.record({ kind: fc.constant("decide" as const), place: fc.nat(5), isAuthorized: fc.boolean() }),
    fc.record({ kind: fc.constant("wait" as const), ms: fc.constantFrom(10, 2000, 5100) }),
    fc.record({ kind: fc.constant("lose" as const) }),
  );

  it("decides on every message once, in the order of its activity, and keeps nothing", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const refused: string[] = [];
        const note = (message: RefusedMessage) => refused.push(message.activity);
        const bus = new CoreBus(routes, {}, { refused: note });
        const [senders, sink] = [[bus.attachNow("web"), bus.attachNow("web")], bus.attachNow("sink", { window: 1000 })];
        let security: CoreParticipant = bus.attachNow("security", { window: 1000 });
        const questions: Awaited<ReturnType<CoreParticipant["next"]>>[] = [];
        const ends: string[] = [];
        let sent = 0;
        for (const each of steps) {
          if (each.kind === "send") {
            sent += 1;
            const payload = sealed({ payload: String(sent) });
            void senders[each.sender]
              ?.publish("note", { activity: `${each.activity}`, payload })
              .then((end) => ends.push(end));
          } else if (each.kind === "decide") {
            questions.push(...(await security.received()));
            const [question] = questions.splice(each.place, 1);
            if (question) await decide(security, question, each.isAuthorized ? "authorized" : "unauthorized");
          } else if (each.kind === "wait") await bus.advance(each.ms);
          else {
            const lost = security;
            security = bus.attachNow("security", { window: 1000 });
            await lost.break();
          }
        }
        await bus.advance(5100);
        await new Promise(setImmediate);
        const { authoriser } = bus.exocom;
        assert.deepEqual([authoriser.messages, authoriser.bytes], [0, 0]);
        assert.equal(ends.length, sent);
        const heard = await drainedBy(sink);
        assert.equal(ends.filter((end) => end === "ok").length, heard.length);
        assert.equal(refused.length, sent - heard.length);
        for (const activity of ["0", "1", "2"]) {
          const numbers = heard
            .filter((each) => each.activity === activity)
            .map((each) => Number(unsealed(each).payload));
          assert.deepEqual(
            numbers,
            numbers.toSorted((a, b) => a - b),
          );
        }
        await bus.stop();
        assert.equal(bus.exocom.timers, 0);
      }),
      { numRuns: 40 },
    );
  });

  it("tells of what it refuses, and counts how it decided", async () => {
    const refused: RefusedMessage[] = [];
    const bus = new CoreBus(routes, {}, { refused: (message) => refused.push(message) });
    const [web, security] = [bus.attachNow("web"), bus.attachNow("security")];
    for (let count = 0; count < 3; count += 1) void web.publish("note", { activity: "é", payload: sealed() });
    const [first, second] = await security.received();
    await decide(security, first ?? assert.fail(), "authorized");
    await decide(security, second ?? assert.fail(), "unauthorized");
    await bus.advance(5100);
    assert.deepEqual(
      refused.map(({ role, name, activity, outcome }) => [role, name, activity, outcome]),
      [
        ["web", "note", "é", "refused_by_security"],
        ["web", "note", "é", "no_instance"],
      ],
    );
    assert.deepEqual(Object.fromEntries(bus.exocom.authoriser.verdicts), {
      ok: 1,
      refused_by_security: 1,
      no_instance: 1,
    });
  });

  it("refuses what waits when the broker ends", async () => {
    const bus = new CoreBus(routes);
    const decided = bus.attachNow("web").publish("note", { payload: sealed() });
    assert.equal(bus.exocom.isIdle, false);
    await bus.stop();
    assert.equal(await decided, "DRAINING");
    assert.deepEqual([bus.exocom.authoriser.messages, bus.exocom.timers], [0, 0]);
  });
});

/** Everything for an instance, one of an activity after the other. */
async function drainedBy(sink: CoreParticipant) {
  const heard = [];
  for (let more = await sink.received(); more.length > 0; more = await sink.received()) {
    heard.push(...more);
    for (const delivery of more) await sink.done(delivery);
  }
  return heard;
}
