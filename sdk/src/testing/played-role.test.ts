import assert from "node:assert/strict";
import { RetryLater } from "../service/endings.ts";
import type { Counterpart, PlayedRole } from "./played-role.ts";
import { createTestBus, type TestBus } from "./test-bus.ts";

interface UsersMessages {
  receives: { "users.create": { name: string }; "users.list": null };
  sends: { "users.created": { id: number }; "users.listed": { count: number } };
}

type WebMessages = Counterpart<UsersMessages>;

const users = {
  receives: ["users.create", "users.list", "mongo.found"],
  sends: ["users.created", "users.listed", "mongo.find"],
};

describe("A role that the test plays", () => {
  let bus: TestBus;
  let web: PlayedRole<WebMessages>;

  beforeEach(() => {
    bus = createTestBus({ services: { users } });
    web = bus.role("web");
  });
  afterEach(() => bus.close());

  it("knows its names and payloads, where they are given", async () => {
    bus.service("users", { "users.create": () => ({ name: "users.created", payload: { id: 1 } }) });
    const reply = await web.request("users.create", { name: "Ada" });
    assert.equal(reply.name === "users.created" && reply.payload.id, 1);
    await web.send("users.create", { name: "Bo" });
    const created: { readonly payload: { id: number } } = await web.received("users.created", {
      where: ({ payload }) => payload.id === 1,
    });
    assert.equal(created.payload.id, 1);
    await assert.rejects(web.send("users.delete" as "users.list"), { reason: "NOT_ALLOWED" });
    await assert.rejects(
      web.received("users.deleted" as "users.listed"),
      /does not receive 'users.deleted' by its route. It receives 'users.created', /,
    );
    // Not called: the compiler is to refuse each.
    void (() => [
      // @ts-expect-error a payload that the message does not have
      web.send("users.create", { nome: "Bo" }),
      // @ts-expect-error a name that the role does not send
      web.send("users.delete"),
      // @ts-expect-error a name that the role does not receive
      web.received("users.deleted"),
      // @ts-expect-error a reply that the role does not send
      web.replies("users.created", { name: "users.delete" }),
    ]);
  });

  it("waits for the message that the test describes, and leaves the others", async () => {
    bus.service("users", {});
    const service = bus.connect({ role: "users" });
    for (const id of [1, 2, 3]) await service.send("users.created", { id });
    assert.equal((await web.received("users.created", { where: ({ payload }) => payload.id === 2 })).payload.id, 2);
    assert.equal((await web.received("users.created")).payload.id, 1);
    assert.equal((await web.received("users.created")).payload.id, 3);
    assert.deepEqual(web.list("users.created").map(({ payload }) => payload), [{ id: 1 }, { id: 2 }, { id: 3 }]); // biome-ignore format: one line
    assert.deepEqual(bus.said.map(({ role, name }) => `${role} ${name}`), Array(3).fill("users users.created")); // biome-ignore format: one line
  });

  it("waits for as long as a test says, also without an end", async () => {
    const end = Promise.withResolvers<void>();
    bus.service("users", {
      "users.create": () => end.promise.then(() => ({ name: "users.created", payload: { id: 1 } })),
    });
    const withinMs = Number.POSITIVE_INFINITY;
    const asked = web.request("users.create", { name: "Ada" }, { withinMs });
    const waited = web.received("users.created", { withinMs, where: ({ payload }) => payload.id === 2 });
    // Longer than a timer that Node cannot set, and so fires at once.
    const isOver = await Promise.race([asked, waited, new Promise((resolve) => setTimeout(resolve, 50, "no"))]);
    end.resolve();
    assert.deepEqual([isOver, (await asked).name], ["no", "users.created"]);
    await bus.connect({ role: "users" }).send("users.created", { id: 2 });
    assert.equal((await waited).payload.id, 2);
  });

  it("answers as it was told last, for as often as it was told", async () => {
    const service = bus.connect({ role: "users" });
    const mongo = bus.role("mongo");
    mongo.replies("mongo.find", { name: "mongo.found", payload: "always" });
    mongo.replies("mongo.find", ({ payload }) => ({ name: "mongo.found", payload }), { times: 2 });
    const answers = [];
    for (const n of [1, 2, 3]) answers.push((await service.request("mongo.find", n)).payload);
    assert.deepEqual(answers, [1, 2, "always"]);
    mongo.fails("mongo.find", "it is full");
    await assert.rejects(service.request("mongo.find"), { reason: "HANDLER_FAILED", detail: /it is full/ });
    assert.throws(() => mongo.replies("mongo.find", [], { times: 0 }), /'times' must be 1 or more/);
    assert.throws(() => mongo.hangs("mongo.find", { afterMs: -1 }), /'afterMs' must be 0/);
    assert.throws(() => mongo.fails("mongo.fund"), /does not receive 'mongo.fund'/);
  });

  it("may ask back, reply several times, or have it tried again later, as any handler", async () => {
    const service = bus.connect({ role: "users" });
    let attempts = 0;
    bus.role("mongo").replies("mongo.find", async ({ attempt }, { reply }) => {
      attempts = attempt;
      if (attempt < 3) throw new RetryLater("busy", { afterMs: 1_000 });
      await reply("mongo.found", "first");
    });
    const found = service.request("mongo.find");
    await bus.clock.advance(3_000);
    assert.equal((await found).payload, "first");
    assert.equal(attempts, 3);
  });

  it("takes nothing for a wait that a reset has ended, and tells the test what its own function throws", async () => {
    const service = bus.connect({ role: "users" });
    const ended = assert.rejects(web.received("users.created"), /was reset while a test waited for 'users.created'/);
    await bus.reset();
    await ended;
    const thrown = assert.rejects(
      web.received("users.created", {
        where: () => {
          throw new RangeError("mine");
        },
      }),
      /mine/,
    );
    await service.send("users.created", { id: 1 });
    await thrown;
    assert.deepEqual((await web.received("users.created")).payload, { id: 1 });
    await bus.assertNoUnexpected();
  });

  it("takes several replies, or says why there were not so many", async () => {
    bus.service("users", {
      "users.list": async (_message, { reply }) => {
        await reply("users.listed", { count: 1 });
        return { name: "users.listed", payload: { count: 2 } };
      },
      "users.create": async (_message, { reply }) => {
        await reply("users.created", { id: 1 });
        await new Promise(() => {});
      },
    });
    const counts = [];
    for await (const reply of web.requestMany("users.list")) counts.push(reply.payload);
    assert.deepEqual(counts, [{ count: 1 }, { count: 2 }]);
    const hasty = createTestBus({ services: { users }, withinMs: 20 });
    hasty.service("users", { "users.create": () => new Promise(() => {}) });
    const none = async () => {
      for await (const _ of hasty.role("web").requestMany("users.create", {}));
    };
    await assert.rejects(none(), /Nothing came of 'users.create' of role 'web' within 20 ms/);
    await hasty.close();
    await bus.assertNoUnexpected();
  });

  it("leaves the replies of a service before their end, which is nothing unexpected", async () => {
    let hasEnded = false;
    bus.service("users", {
      "users.list": async function* () {
        try {
          for (let count = 1; ; count += 1) yield { name: "users.listed", payload: { count } };
        } finally {
          hasEnded = true;
        }
      },
    });
    const counts = [];
    for await (const { payload } of web.requestMany("users.list", null, { max: 3 })) counts.push(payload);
    await bus.assertNoUnexpected();
    assert.deepEqual([counts, hasEnded], [[{ count: 1 }, { count: 2 }, { count: 3 }], true]);
  });

  it("gives up when the test's own signal fires", async () => {
    const abort = new AbortController();
    const asked = assert.rejects(web.request("users.list", null, { signal: abort.signal }), /enough/);
    abort.abort(new Error("enough"));
    await asked;
  });

  it("is not played beside a service", async () => {
    bus.service("users", {});
    assert.throws(() => bus.role("users"), /is that of a service under test/);
    assert.throws(() => bus.service("web", {}), /no role 'web'. Its roles are 'users'/);
    const routes = createTestBus({ routes: { web: {}, users } });
    routes.role("web");
    assert.throws(() => routes.service("web", {}), /is played by the test/);
    await routes.close();
  });
});
