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
    const number = await broker.deliver("ask", { a: 1 }, { replyInstance: 4, replyRequest: 5 }, "1");
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

  it("sends and asks in the activity of the message, and names the cause", async () => {
    await play({
      ask: async (_message, { send, request, reply }) => {
        await send("told", 1);
        const { payload } = await request("ask", 2);
        await reply("answer", payload);
      },
    });
    const number = await broker.deliver("ask", 1, { replyInstance: 4, replyRequest: 5 });
    assert.deepEqual(broker.settled, []);
    const request = broker.published[1]?.request ?? 0;
    await broker.deliver("answer", 3, { request });
    assert.deepEqual(broker.published.map((each) => [each.text.name, each.text.payload, each.cause, each.replyRequest, Buffer.from(each.activityId).toString()]), [
      ["told", "1", 0, 0, "activity"],
      ["ask", "2", number, 0, "activity"],
      ["answer", "3", 0, 5, "activity"],
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
    await broker.deliver("ask", 1, { deadlineMs: 5 });
    assert.equal(((await fired.promise) as DOMException).name, "TimeoutError");
  });

  it("fails a delivery whose reply may not be sent, so that its requester hears of it", async () => {
    await play({ ask: () => ({ name: "unheard" }), told: () => ({ name: "unheard" }) });
    await broker.deliver("ask", 1, { replyInstance: 4, replyRequest: 5 });
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
});
