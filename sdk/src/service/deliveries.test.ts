import assert from "node:assert/strict";
import { MemoryBroker } from "../client/memory-broker.fixture.ts";
import type { HandlerContext } from "./delivery-context.ts";
import { DeadMessage, RetryLater } from "./endings.ts";
import type { Handlers } from "./handlers.ts";
import { Service } from "./service.ts";

describe("A delivery", () => {
  let broker: MemoryBroker;
  let playing: Service;
  let errors: unknown[];

  async function play(handlers: Handlers, concurrencyOf = {}): Promise<void> {
    const onError = (error: unknown) => errors.push(error);
    playing = new Service({ ...broker.config, onError }, { handlers, concurrencyOf });
    await playing.ready();
  }

  beforeEach(() => {
    broker = new MemoryBroker();
    errors = [];
  });
  afterEach(() => playing.close());

  const endings = () => broker.settled.map(({ outcome, detail, retryAfterMs }) => [outcome, detail, retryAfterMs]);

  it("is tried again later, or never, if its handler says so, which is no error", async () => {
    await play({
      ask: () => {
        throw new RetryLater("the database restarts", { afterMs: 1500 });
      },
      told: async () => {
        throw new DeadMessage("there is no order 17");
      },
    });
    await broker.deliver("ask", 1);
    await broker.deliver("told", 1);
    assert.deepEqual(endings(), [
      [2, "the database restarts", 1500],
      [4, "there is no order 17", 0],
    ]);
    assert.deepEqual([errors, broker.logged.filter(({ level }) => level === "error")], [[], []]);
  });

  it("fails if its reply has a member that nobody would get, such as a misspelt payload", async () => {
    await play({
      ask: () => ({ name: "answer", paylaod: { a: 1 } }),
      told: async () => [{ name: "answer", payload: 1 }, { name: "answer", data: 2 } as never],
    });
    await broker.deliver("ask", 1);
    await broker.deliver("told", 1);
    assert.deepEqual(broker.settled.map(({ outcome }) => outcome), [3, 3]); // biome-ignore format: one line
    assert.match(String(errors[0]), /TypeError: The reply 'answer' has the member 'paylaod', which nobody would get/);
    assert.match(String(errors[1]), /'data'/);
    assert.deepEqual(broker.published, []);
  });

  it("may be answered with a message that was received, as it is", async () => {
    await play({ ask: (message) => ({ ...message, name: "answer" }) });
    await broker.deliver("ask", { a: 1 });
    assert.deepEqual(broker.published.map(({ text }) => text.payload), ['{"a":1}']); // biome-ignore format: one line
  });

  it("that is ended with a detail of any length ends with as much of it as brokers keep", async () => {
    await play({
      ask: () => {
        throw new DeadMessage("x".repeat(5_000_000));
      },
    });
    await broker.deliver("ask", 1);
    assert.deepEqual(endings(), [[4, "x".repeat(1000), 0]]);
  });

  it("ends once, however what its handler returns keeps the rules of promises", async () => {
    const thrown = new Error("no connection");
    await play({
      ask: () =>
        ({
          // biome-ignore lint/suspicious/noThenProperty: it is what is tested
          then: () => {
            throw thrown;
          },
        }) as never,
      told: () =>
        ({
          // biome-ignore lint/suspicious/noThenProperty: it is what is tested
          then: (resolve: (answer: unknown) => void, reject: (error: unknown) => void) => {
            resolve({ name: "answer" });
            reject(thrown);
          },
        }) as never,
    });
    await broker.deliver("ask", 1);
    await broker.deliver("told", 1);
    assert.deepEqual([endings().map(([outcome]) => outcome), errors], [[3, 1], [thrown]]); // biome-ignore format: one line
    await playing.drain();
  });

  it("tells its handler what it is part of", async () => {
    let told: Partial<HandlerContext> = {};
    const thrown = new Error("lost");
    await play({
      ask: (_message, { activityId, auth, attempt, traceparent, log }) => {
        told = { activityId, auth, attempt, traceparent };
        log.warn({ n: 1 }, "look");
        log.error(thrown, "could not");
      },
    });
    await broker.deliver("ask", 1, { attempt: 3 }, '{"user":1}');
    assert.deepEqual(told, { activityId: "activity", auth: { user: 1 }, attempt: 3, traceparent: "00-1" });
    const facts = { message: "ask", id: "7", activityId: "activity" };
    assert.deepEqual(broker.logged.slice(-2), [
      { level: "warn", facts: { ...facts, n: 1 }, text: "look" },
      { level: "error", facts: { ...facts, err: thrown }, text: "could not" },
    ]);
  });

  it("of a limited message waits for its handler, in order, and holds no other up", async () => {
    const held: (() => void)[] = [];
    const begun: unknown[] = [];
    const hold = ({ payload }: { readonly payload: unknown }) => {
      begun.push(payload);
      return new Promise<void>((resolve) => held.push(resolve));
    };
    await play({ ask: hold, told: () => void begun.push("told") }, { ask: 2 });
    for (const payload of [1, 2, 3, 4]) await broker.deliver("ask", payload);
    await broker.deliver("told", 0);
    assert.deepEqual(begun, [1, 2, "told"]);
    held[0]?.();
    await broker.settle();
    assert.deepEqual(begun, [1, 2, "told", 3]);
    for (const end of held.slice(1)) end();
    await broker.settle();
    assert.deepEqual(begun, [1, 2, "told", 3, 4]);
  });

  it("of a limited message that waits goes back when the service drains", async () => {
    const end = Promise.withResolvers<void>();
    await play({ ask: () => end.promise }, { ask: 1 });
    const [first, second] = [await broker.deliver("ask", 1), await broker.deliver("ask", 2)];
    const drained = playing.drain();
    end.resolve();
    await drained;
    const ended = new Map(broker.settled.map(({ delivery, outcome }) => [delivery, outcome]));
    assert.deepEqual([ended.get(first), ended.get(second)], [1, 5]);
  });

  it("of a limited message does not pile up on the stack when handlers return at once", async () => {
    const end = Promise.withResolvers<void>();
    let isFirst = true;
    await play({ ask: () => (isFirst ? end.promise : undefined) }, { ask: 1 });
    for (let n = 0; n < 20_000; n += 1) broker.deliverNow("ask", n);
    await broker.settle();
    isFirst = false;
    end.resolve();
    await broker.settle();
    assert.equal(broker.settled.length, 20_000);
  });

  it("whose sender takes many replies ends when all are dealt with, and is said to be answered", async () => {
    await play({
      ask: async function* () {
        yield { name: "answer", payload: 1 };
        yield { name: "answer", payload: 2 };
      },
    });
    await broker.deliver("ask", 1, { many: true, requester: 4, replyRequest: 5 });
    assert.deepEqual(
      broker.published.map(({ text, more, replyRequest }) => [text.payload, more, replyRequest]),
      [
        ["1", true, 5],
        ["2", true, 5],
      ],
    );
    assert.deepEqual(endings(), [[6, "", 0]]);
  });

  it("whose sender takes many replies ends with the only one that a handler returns", async () => {
    await play({ ask: () => ({ name: "answer" }), told: () => {} });
    await broker.deliver("ask", 1, { many: true, requester: 4, replyRequest: 5 });
    assert.deepEqual(broker.published.map(({ more }) => more), [false]); // biome-ignore format: one line
    await broker.deliver("told", 1, { many: true, requester: 4, replyRequest: 5 });
    assert.deepEqual(endings(), [
      [1, "", 0],
      [6, "", 0],
    ]);
  });

  it("whose sender takes many replies ends also if one of them was none", async () => {
    await play({
      ask: async (_message, { reply }) => {
        await assert.rejects(reply("answer", 1n), { reason: "INVALID_MESSAGE" });
        await assert.rejects(reply("answer", 1, { signal: AbortSignal.abort() }), { name: "AbortError" });
        await reply("answer", 2);
      },
      told: async (_message, { reply }) => void (await reply("answer", 1n)),
    });
    for (const name of ["ask", "told"]) await broker.deliver(name, 1, { many: true, requester: 4, replyRequest: 5 });
    assert.deepEqual(broker.published.map(({ text }) => text.payload), ["2"]); // biome-ignore format: one line
    assert.deepEqual(
      endings().map(([outcome]) => outcome),
      [6, 3],
    );
  });

  it("stops a generator whose requester takes no more", async () => {
    let reason: unknown;
    let hasEnded = false;
    broker.isConfirming = false;
    await play({
      ask: async function* (_message, { signal }) {
        signal.addEventListener("abort", () => {
          reason = signal.reason;
        });
        try {
          for (;;) yield { name: "answer" };
        } finally {
          hasEnded = true;
        }
      },
    });
    const number = await broker.deliver("ask", 1, { many: true, requester: 4, replyRequest: 5 });
    assert.deepEqual([broker.published.length, hasEnded], [64, false]);
    broker.send({ unwanted: [number] });
    await broker.settle();
    assert.deepEqual([(reason as DOMException).name, hasEnded], ["AbortError", true]);
    assert.deepEqual(endings(), [[6, "", 0]]);
    assert.deepEqual(errors, []);
  });

  it("fails if a generator yields what is no reply", async () => {
    await play({
      ask: async function* () {
        yield "nonsense" as never;
      },
    });
    await broker.deliver("ask", 1);
    assert.equal(broker.settled[0]?.outcome, 3);
    assert.ok(errors[0] instanceof TypeError);
  });
});
