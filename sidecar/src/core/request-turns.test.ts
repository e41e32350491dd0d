import assert from "node:assert/strict";
import { HandClock } from "@exosphere/testkit";
import { incomingWith, pathTo } from "./incoming.fixture.ts";
import { ReceivedMessages, type ReplyHabit } from "./received.ts";
import { RequestTurns } from "./request-turns.ts";

/** An app that settles what it is given at once, as a WebSocket does. */
function turnsOf(habit: ReplyHabit = "later") {
  const clock = new HandClock();
  const received = new ReceivedMessages();
  const given: string[] = [];
  const expired: string[] = [];
  const turns = new RequestTurns({
    received,
    habit,
    clock: { now: clock.nowMs, after: clock.after },
    expired: ({ id }) => expired.push(id),
  });
  const take = (id: string, { activityId = "a", dueMs = 10_000, isRequest = true, name = "get" } = {}) => {
    const incoming = incomingWith({ id, activityId, dueMs, name, returnPath: isRequest ? pathTo(1) : undefined });
    turns.take(incoming, () => {
      given.push(id);
      received.handled(received.add(incoming));
    });
  };
  return { clock, received, given, expired, turns, take };
}

describe("the turns of requests", () => {
  it("give one request of an activity at a time, so that each gets its own answer", () => {
    const { received, given, take } = turnsOf();
    for (const id of ["1", "2", "3"]) take(id);
    assert.deepEqual(given, ["1"]);
    assert.equal(received.byActivity("a")?.id, "1");
    assert.deepEqual(given, ["1", "2"]);
    assert.equal(received.byActivity("a")?.id, "2");
    assert.equal(received.byActivity("a")?.id, "3");
  });

  it("do not hold up other activities, nor messages that nobody waits for", () => {
    const { given, take } = turnsOf();
    take("1");
    take("2");
    take("other", { activityId: "b" });
    take("message", { isRequest: false });
    assert.deepEqual(given, ["1", "other", "message"]);
  });

  it("go on when the request before expires, fails, or is answered by its id", () => {
    for (const end of ["expires", "fails", "is answered"] as const) {
      const { clock, received, given, take } = turnsOf();
      take("1", { dueMs: 100 });
      take("2");
      const first = received.byId("1") ?? assert.fail();
      if (end === "expires") clock.advance(101);
      else if (end === "fails") received.failed(first);
      else received.repliedTo(first);
      assert.deepEqual(given, ["1", "2"], end);
    }
  });

  it("hand back a request whose own deadline passes first", () => {
    const { clock, given, expired, turns, take } = turnsOf();
    take("1");
    take("2", { dueMs: 50 });
    clock.advance(51);
    assert.deepEqual([given, expired, turns.isEmpty], [["1"], ["2"], true]);
  });

  it("give a request that comes after a message of the app, on which the first answer may depend", () => {
    const { received, given, take } = turnsOf();
    take("outer");
    received.byActivity("a");
    take("inner");
    assert.deepEqual(given, ["outer", "inner"]);
    assert.equal(received.byActivity("a")?.id, "inner");
  });

  it("wait no more for requests of a name that this app has never replied to", () => {
    const { clock, given, take } = turnsOf();
    take("1", { dueMs: 100 });
    take("2");
    clock.advance(101);
    take("3");
    assert.deepEqual(given, ["1", "2", "3"]);
  });

  it("wait no more for an app that names what it replies to", () => {
    const { received, given, take } = turnsOf();
    take("1");
    received.repliedTo(received.byId("1") ?? assert.fail());
    take("2");
    take("3");
    assert.deepEqual(given, ["1", "2", "3"]);
  });

  it("wait for an app that answers over HTTP once it was seen to reply by a later message", () => {
    const { received, given, take } = turnsOf("at once");
    take("1");
    take("2");
    assert.deepEqual(given, ["1", "2"]);
    received.byActivity("a");
    received.byActivity("a");
    take("3");
    take("4");
    assert.deepEqual(given, ["1", "2", "3"]);
  });

  it("give back what waits when the connection ends, and set no more timers", () => {
    const { clock, received, given, turns, take } = turnsOf();
    take("1");
    take("2");
    assert.deepEqual(
      turns.close().map(({ id }) => id),
      ["2"],
    );
    received.byActivity("a");
    assert.deepEqual([given, clock.pending], [["1"], 0]);
  });
});
