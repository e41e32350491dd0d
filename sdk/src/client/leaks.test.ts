import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { HandClock } from "@exosphere/testkit";
import { Client } from "./client.ts";
import { MemoryBroker, type Published } from "./memory-broker.fixture.ts";

/** As many as a day of a small application: what leaks a little shows. */
const requests = 10_000;
const callers = 64;

describe("64 callers of one client", function () {
  this.timeout(60_000);
  let broker: MemoryBroker;
  let client: Client;
  let clock: HandClock;

  beforeEach(async () => {
    broker = new MemoryBroker();
    clock = new HandClock();
    client = new Client({ ...broker.config, link: { ...broker.config.link, clock } });
    await client.ready();
  });
  afterEach(() => client.close());

  /** Each caller makes its share of the requests, one after the other. */
  async function byAll(call: (number: number) => Promise<unknown>): Promise<void> {
    let number = 0;
    const caller = async () => {
      while (number < requests) {
        number += 1;
        await call(number);
      }
    };
    await Promise.all(Array.from({ length: callers }, caller));
  }

  /** The bus answers whatever is asked, with what was asked. */
  function answerAll(): void {
    broker.onPublished = ({ request, text, activityId }: Published) =>
      void broker.deliverNow("answer", JSON.parse(text.payload), { request, activityId });
  }

  async function nothingIsLeft(): Promise<void> {
    await broker.settle();
    assert.deepEqual(client.pending, { messages: 0, bytes: 0, requests: 0 });
    assert.equal(clock.pending, 0, "timers");
  }

  it("each get their own answers", async () => {
    answerAll();
    await byAll(async (number) => {
      const { payload } = await client.request("ask", { number });
      assert.deepEqual(payload, { number });
    });
    clock.advance(60_000);
    await nothingIsLeft();
  });

  it("leave nothing behind when they are cancelled", async () => {
    const lasting = new AbortController();
    await byAll(async (number) => {
      const own = new AbortController();
      const asked = client.request("ask", number, { signal: own.signal });
      const kept = client.request("ask", number, { signal: AbortSignal.any([lasting.signal, own.signal]) });
      own.abort(new Error("enough"));
      await assert.rejects(asked, /enough/);
      await assert.rejects(kept, /enough/);
      assert.equal(getEventListeners(own.signal, "abort").length, 0);
      await broker.settle();
    });
    await broker.settle();
    assert.equal(broker.abandoned.length, 2 * requests);
    clock.advance(60_000);
    await nothingIsLeft();
  });

  it("leave nothing behind when their time is over, not even on a signal that lives on", async () => {
    const { signal } = new AbortController();
    const asked = Array.from({ length: requests }, () => client.request("ask", 1, { signal, deadlineMs: 100 }));
    const ended = Promise.allSettled(asked);
    await broker.settle();
    clock.advance(101);
    for (const each of await ended) {
      assert.equal(each.status, "rejected");
      assert.equal(each.reason.reason, "DEADLINE_EXCEEDED");
    }
    assert.equal(getEventListeners(signal, "abort").length, 0);
    clock.advance(60_000);
    await nothingIsLeft();
  });

  it("leave nothing behind when their answers come too late", async () => {
    const asked: Published[] = [];
    broker.onPublished = (published) => asked.push(published);
    const ended = Promise.allSettled(
      Array.from({ length: requests }, () => client.request("ask", 1, { deadlineMs: 100 })),
    );
    await broker.settle();
    clock.advance(101);
    await ended;
    for (const { request, activityId } of asked) broker.deliverNow("answer", 1, { request, activityId });
    clock.advance(60_000);
    await nothingIsLeft();
    assert.equal(broker.settled.length, requests);
    assert.ok(
      broker.settled.every(({ outcome }) => outcome === 5),
      "a late reply goes back to the bus",
    );
  });

  it("leave nothing behind when they leave the replies of a request before their end", async () => {
    broker.onPublished = ({ request, activityId }) => {
      for (const more of [true, true, true]) broker.deliverNow("answer", 1, { request, activityId, more });
    };
    await byAll(async () => {
      for await (const { payload } of client.requestMany("ask", 1)) if (payload === 1) break;
    });
    clock.advance(60_000);
    await nothingIsLeft();
    assert.equal(broker.settled.length, 3 * requests);
    assert.equal(broker.abandoned.length, requests);
  });
});
