import assert from "node:assert/strict";
import { encodeEnvelope } from "@exosphere/frames";
import { ExoError, newDelivery } from "@exosphere/proto";
import { Incoming } from "./incoming.ts";
import type { OpenRequest } from "./open-request.ts";
import { ReplyMux } from "./reply-mux.ts";

const later = Number.POSITIVE_INFINITY;

function incoming({ request = 0, activityId = "one", responseTo = "" }): Incoming {
  const none = Buffer.alloc(0);
  const envelope = encodeEnvelope({
    id: Buffer.from("id"),
    responseTo: Buffer.from(responseTo),
    auth: none,
    payload: none,
    traceparent: "",
    tracestate: "",
  });
  const delivery = newDelivery({
    name: 1,
    activityId: Buffer.from(activityId),
    lifetimeMs: 1000,
    attempt: 1,
    request,
    envelope,
  });
  return new Incoming({ name: "answer", number: 1, delivery, connection: {} });
}

describe("ReplyMux", () => {
  const ends: string[] = [];
  const expired: number[] = [];
  let mux: ReplyMux;
  beforeEach(() => {
    ends.splice(0);
    expired.splice(0);
    mux = new ReplyMux(({ number }) => expired.push(number));
  });
  afterEach(() => mux.close(new ExoError("DRAINING", "the test is over")));

  const open = (fields: Partial<OpenRequest> = {}): OpenRequest => {
    const request: OpenRequest = {
      name: "ask",
      id: "question",
      activityId: "one",
      deadlineMs: 1000,
      dueMs: later,
      answered: (error, reply) => ends.push(error ? ExoError.from(error).reason : (reply?.name ?? "nothing")),
      many: false,
      textMistake: undefined,
      span: undefined,
      handler: undefined,
      number: 0,
      carrier: undefined,
      entry: undefined,
      ...fields,
    };
    assert.ok(mux.open(request));
    return request;
  };

  it("gives every open request a number of its own, never 0", () => {
    const numbers = Array.from({ length: 100 }, () => open().number);
    assert.equal(new Set(numbers).size, 100);
    assert.ok(!numbers.includes(0));
  });

  it("takes the first reply to a request, and no other", () => {
    const { number } = open();
    assert.equal(mux.take(incoming({ request: number })), "last");
    assert.equal(mux.take(incoming({ request: number })), "no");
    assert.deepEqual([ends, mux.requests.size], [["answer"], 0]);
  });

  it("does not take what nobody asked for", () => {
    open();
    assert.equal(mux.take(incoming({})), "no");
    assert.equal(mux.take(incoming({ request: 4711 })), "no");
    assert.equal(mux.take(incoming({ responseTo: "another question" })), "no");
  });

  it("does not take a reply from outside of the activity", () => {
    const { number } = open();
    assert.equal(mux.take(incoming({ request: number, activityId: "other" })), "no");
    assert.equal(mux.take(incoming({ responseTo: "question", activityId: "other" })), "no");
    assert.equal(mux.requests.size, 1);
  });

  it("takes a reply without a return path by what it responds to", () => {
    open({ id: "other question" });
    open({ id: "question" });
    assert.equal(mux.take(incoming({ responseTo: "question" })), "last");
    assert.deepEqual([ends, mux.requests.size], [["answer"], 1]);
  });

  it("ends a request once", () => {
    const { number } = open();
    mux.fail(number, new ExoError("NO_INSTANCE", "nobody"));
    mux.fail(number, new ExoError("NO_INSTANCE", "nobody"));
    assert.equal(mux.abandon(number), undefined);
    assert.deepEqual(ends, ["NO_INSTANCE"]);
  });

  it("says nothing to those who gave up", () => {
    const { number } = open();
    assert.equal(mux.abandon(number)?.number, number);
    assert.equal(mux.take(incoming({ request: number })), "no");
    assert.deepEqual(ends, []);
  });

  it("ends each request at its own deadline, and says that nobody waits any more", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const now = performance.now();
    const patient = open();
    const first = open({ dueMs: now });
    const second = open({ dueMs: now + 1, answered: () => resolve() });
    await promise;
    assert.deepEqual([expired, ends, mux.requests.size], [[first.number, second.number], ["DEADLINE_EXCEEDED"], 1]);
    assert.equal(mux.abandon(patient.number)?.number, patient.number);
  });

  it("ends all at its end", () => {
    open();
    open();
    mux.close(new ExoError("DRAINING", "over"));
    assert.deepEqual([ends, mux.requests.size], [["DRAINING", "DRAINING"], 0]);
  });
});
