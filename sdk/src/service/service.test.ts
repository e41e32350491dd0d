import assert from "node:assert/strict";
import { MemoryBroker } from "../client/memory-broker.fixture.ts";
import type { HandlerContext } from "./delivery-context.ts";
import type { Handlers } from "./handlers.ts";
import { Service } from "./service.ts";

describe("A service", () => {
  let broker: MemoryBroker;
  let playing: Service;
  let errors: unknown[];

  async function play(handlers: Handlers): Promise<void> {
    const onError = (error: unknown) => errors.push(error);
    playing = new Service({ ...broker.config, concurrency: 3, onError }, { handlers });
    await playing.ready();
  }

  beforeEach(() => {
    broker = new MemoryBroker();
    errors = [];
  });
  afterEach(() => playing.close());

  it("takes as many deliveries as it handles at once", async () => {
    await play({});
    assert.equal(broker.window, 3);
  });

  it("replies with what a handler returns, in order, and settles", async () => {
    await play({
      ask: ({ payload }) => [
        { name: "told", payload, auth: null },
        { name: "answer", auth: 2 },
      ],
      told: async () => {},
    });
    const number = await broker.deliver("ask", { a: 1 }, { requester: 4, replyRequest: 5 }, "1");
    assert.deepEqual(broker.published.map((each) => [each.text.name, each.text.payload, each.text.auth, each.text.responseTo, each.replyRequest, Buffer.from(each.activityId).toString()]), [
      ["told", '{"a":1}', "1", "7", 5, "activity"],
      ["answer", "", "2", "7", 5, "activity"],
    ]); // biome-ignore format: a table
    const second = await broker.deliver("told", 1);
    assert.deepEqual(broker.settled.map(({ delivery, outcome }) => [delivery, outcome]), [[number, 1], [second, 1]]); // biome-ignore format: a table
  });

  it("fails what its handler throws at, and keeps the text to itself", async () => {
    const secret = new Error("password 1234");
    await play({
      ask: () => {
        throw secret;
      },
      told: () => Promise.reject(secret),
      answer: () => "nonsense" as never,
    });
    for (const name of ["ask", "told", "answer"]) await broker.deliver(name, 1);
    assert.deepEqual(broker.settled.map(({ outcome }) => outcome), [3, 3, 3]); // biome-ignore format: one line
    assert.ok(broker.settled.every(({ detail }) => !detail.includes("1234")));
    assert.deepEqual(errors.slice(0, 2), [secret, secret]);
    assert.ok(errors[2] instanceof TypeError);
  });

  it("will never take a message that it does not know, or that is no JSON", async () => {
    await play({ ask: () => {} });
    await broker.deliver("told", 1);
    await broker.deliver("ask", "{");
    assert.deepEqual(broker.settled.map(({ outcome }) => outcome), [4, 4]); // biome-ignore format: one line
  });

  it("sends and asks in the activity of the message, and names the handler that waits", async () => {
    await play({
      ask: async (_message, { send, request, reply }) => {
        await send("told", 1);
        const { payload } = await request("ask", 2);
        await reply("answer", payload);
      },
    });
    await broker.deliver("ask", 1, { requester: 4, replyRequest: 5, awaiting: [11] });
    assert.deepEqual([broker.settled, broker.window], [[], 4], "its place is free while it waits");
    const request = broker.published[1]?.request ?? 0;
    await broker.deliver("answer", 3, { request });
    assert.equal(broker.window, 3);
    assert.deepEqual(broker.published.map((each) => [each.text.name, each.text.payload, each.awaiting.length, each.requester, each.replyRequest, Buffer.from(each.activityId).toString()]), [
      ["told", "1", 0, 0, 0, "activity"],
      ["ask", "2", 2, 0, 0, "activity"],
      ["answer", "3", 0, 4, 5, "activity"],
    ]); // biome-ignore format: a table
    assert.deepEqual(
      new Set(broker.settled.map(({ delivery, outcome }) => `${delivery} ${outcome}`)),
      new Set(["1 1", "2 1"]),
    );
  });

  it("tells a handler when nobody waits any more", async () => {
    const fired = Promise.withResolvers<unknown>();
    await play({
      ask: (_message, { signal }) => {
        signal.addEventListener("abort", () => fired.resolve(signal.reason));
        return fired.promise.then(() => {});
      },
    });
    await broker.deliver("ask", 1, { lifetimeMs: 5 });
    assert.equal(((await fired.promise) as DOMException).name, "TimeoutError");
  });

  it("fails a delivery whose reply may not be sent, so that its requester hears of it", async () => {
    await play({ ask: () => ({ name: "unheard" }), told: () => ({ name: "unheard" }) });
    await broker.deliver("ask", 1, { requester: 4, replyRequest: 5 });
    await broker.deliver("told", 1);
    assert.deepEqual(broker.settled.map(({ outcome }) => outcome), [3, 1]); // biome-ignore format: one line
  });

  it("lets its handlers finish and speak before it leaves, and takes nothing more", async () => {
    const held = Promise.withResolvers<void>();
    const context = Promise.withResolvers<HandlerContext>();
    await play({
      ask: async (_message, given) => {
        context.resolve(given);
        await held.promise;
        return { name: "answer" };
      },
    });
    await broker.deliver("ask", 1);
    const drained = playing.drain();
    await broker.deliver("ask", 2);
    assert.deepEqual([broker.window, broker.hasLeft], [0, false]);
    await (await context.promise).send("told", 1);
    held.resolve();
    await drained;
    assert.equal(broker.hasLeft, true);
    assert.deepEqual(broker.published.map(({ text }) => text.name), ["told", "answer"]); // biome-ignore format: one line
    assert.deepEqual(broker.settled.map(({ delivery, outcome }) => [delivery, outcome]), [[2, 5], [1, 1]]); // biome-ignore format: one line
  });

  describe("whose handlers hang", () => {
    /** Time that the test moves. */
    function handClock() {
      const timers = new Set<{ atMs: number; run: () => void }>();
      let nowMs = 0;
      return {
        nowMs: () => nowMs,
        after(delayMs: number, run: () => void) {
          const timer = { atMs: nowMs + delayMs, run };
          timers.add(timer);
          return () => void timers.delete(timer);
        },
        advance(ms: number) {
          nowMs += ms;
          for (const timer of [...timers]) if (timer.atMs <= nowMs && timers.delete(timer)) timer.run();
        },
        get timers() {
          return timers.size;
        },
      };
    }

    it("fails a message whose deadline has passed, warns of it, and gives its place back", async () => {
      const clock = handClock();
      const { promise: hangs, resolve: end } = Promise.withResolvers<void>();
      const config = { ...broker.config, link: { ...broker.config.link, clock }, concurrency: 1 };
      playing = new Service(config, { handlers: { ask: () => hangs } });
      await playing.ready();
      const hanging = await broker.deliver("ask", 1, { lifetimeMs: 5_000 });
      clock.advance(5_500);
      await broker.settle();
      assert.deepEqual([broker.settled.length, playing.handling], [0, { messages: 1, overdue: 0 }]);
      clock.advance(1_000);
      await broker.settle();
      assert.deepEqual(
        broker.settled.map(({ delivery, outcome }) => [delivery, outcome]),
        [[hanging, 3]],
      );
      assert.match(broker.settled[0]?.detail ?? "", /did not end before the deadline/);
      assert.deepEqual(playing.handling, { messages: 1, overdue: 1 });
      const [warning] = broker.logged.filter(({ level }) => level === "warn");
      assert.match(
        warning?.text ?? "",
        /The handler of 'ask' has worked for 6\.5 s, past the deadline .*context\.signal/,
      );
      end();
      await broker.settle();
      assert.deepEqual([broker.settled.length, playing.handling], [1, { messages: 0, overdue: 0 }]);
    });

    it("sends the reply of a handler that ends late, and settles nothing twice", async () => {
      const clock = handClock();
      const { promise: late, resolve: end } = Promise.withResolvers<{ name: string }>();
      playing = new Service(
        { ...broker.config, link: { ...broker.config.link, clock } },
        { handlers: { ask: () => late } },
      );
      await playing.ready();
      await broker.deliver("ask", 1, { lifetimeMs: 100 });
      clock.advance(2_000);
      end({ name: "answer" });
      await broker.settle();
      assert.deepEqual([broker.published.map(({ text }) => text.name), broker.settled.length], [["answer"], 1]);
    });

    it("lets go of no more than ten times what it takes at once, and warns in bounds", async () => {
      const clock = handClock();
      const config = { ...broker.config, link: { ...broker.config.link, clock }, concurrency: 2 };
      playing = new Service(config, { handlers: { ask: () => new Promise(() => {}) } });
      await playing.ready();
      for (let count = 0; count < 30; count += 1) broker.deliverNow("ask", 1, { lifetimeMs: 100 });
      await broker.settle();
      clock.advance(2_000);
      await broker.settle();
      assert.deepEqual([broker.settled.length, playing.handling], [20, { messages: 30, overdue: 20 }]);
      assert.equal(broker.logged.filter(({ level }) => level === "warn").length, 1);
    });

    it("has no timer left once it takes no more", async () => {
      const clock = handClock();
      const link = { ...broker.config.link, clock };
      playing = new Service({ ...broker.config, link }, { handlers: { ask: async () => {} } });
      await playing.ready();
      await broker.deliver("ask", 1);
      await playing.drain();
      assert.equal(clock.timers, 0);
    });
  });

  it("warns of a message that it has no handler for", async () => {
    await play({ ask: () => {} });
    await broker.deliver("told", 1);
    await broker.deliver("told", 1);
    const warnings = broker.logged.filter(({ level }) => level === "warn");
    assert.deepEqual([warnings.length, broker.settled.map(({ outcome }) => outcome)], [1, [4, 4]]);
    assert.match(warnings[0]?.text ?? "", /no handler for 'told'\. Add one, or remove the message from the receives/);
  });
});
