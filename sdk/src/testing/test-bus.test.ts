import assert from "node:assert/strict";
import { mock } from "node:test";
import { RetryLater } from "../service/endings.ts";
import type { Handlers } from "../service/handlers.ts";
import { createTestBus, type TestBus } from "./test-bus.ts";

const users = {
  receives: ["users.create", "users.rename", "mongo.created"],
  sends: ["users.created", "users.renamed", "mongo.create"],
};

const handlers: Handlers = {
  "users.create": async ({ payload }, { request }) => {
    const stored = await request("mongo.create", payload);
    return { name: "users.created", payload: stored.payload };
  },
  "users.rename": async (_message, { send }) => {
    await send("users.renamed", { name: "Ada" });
  },
};

describe("A test bus", () => {
  let bus: TestBus;

  beforeEach(() => {
    bus = createTestBus({ services: { users } });
  });
  afterEach(() => bus.close());

  it("brings a request to the service under test, and its reply back", async () => {
    bus.service("users", handlers);
    bus
      .role("mongo")
      .replies("mongo.create", ({ payload }) => ({ name: "mongo.created", payload: { payload, id: 1 } }));
    const reply = await bus.role("web").request("users.create", { name: "Ada" });
    assert.deepEqual([reply.name, reply.payload], ["users.created", { payload: { name: "Ada" }, id: 1 }]);
    await bus.assertNoUnexpected();
  });

  it("waits for a message, sent before or to come", async () => {
    bus.service("users", handlers);
    const web = bus.role("web");
    const waiting = web.received("users.renamed");
    await web.send("users.rename");
    assert.deepEqual((await waiting).payload, { name: "Ada" });
    await web.send("users.rename");
    await bus.settled();
    assert.deepEqual((await web.received("users.renamed")).payload, { name: "Ada" });
    assert.equal(web.messages.length, 2);
    await bus.assertNoUnexpected();
  });

  it("says what came instead of what was waited for, and where the test waited", async () => {
    bus.service("users", handlers);
    const web = bus.role("web");
    await web.send("users.rename");
    await bus.settled();
    await assert.rejects(web.received("users.created", { withinMs: 20 }), (error: Error) => {
      assert.match(
        error.message,
        /No 'users.created' came to role 'web' within 20 ms. What came:\n {2}\* 'users.renamed' {"name":"Ada"}/,
      );
      assert.match(error.stack ?? "", /test-bus\.test\.ts/);
      return true;
    });
  });

  it("shows the requester what the handler threw", async () => {
    const thrown = new Error("the disk is full");
    bus.service("users", {
      "users.create": () => {
        throw thrown;
      },
    });
    await assert.rejects(bus.role("web").request("users.create", {}), (error: Error & { reason?: string }) => {
      assert.equal(error.reason, "HANDLER_FAILED");
      assert.equal(error.cause, thrown);
      assert.match(error.message, /It threw Error: the disk is full, at .*test-bus\.test\.ts/);
      assert.match(error.stack ?? "", /test-bus\.test\.ts/);
      return true;
    });
    await bus.takeUnexpected();
  });

  it("has the requester learn why the handler wanted it to be tried again later", async () => {
    bus.service("users", {
      "users.create": () => {
        throw new RetryLater("The database restarts.");
      },
    });
    const asked = bus.role("web").request("users.create", {}, { deadlineMs: 2000 });
    await Promise.all([
      assert.rejects(asked, {
        reason: "DEADLINE_EXCEEDED",
        detail:
          "Role 'users' did not take the message within the deadline, in 5 attempts. It said last: The database restarts.",
      }),
      bus.settled().then(() => bus.clock.advance(2100)),
    ]);
    await bus.takeUnexpected();
  });

  it("says which handler ended without a reply, such as one that forgot to return it", async () => {
    bus.service("users", { "users.create": () => {} });
    await assert.rejects(bus.role("web").request("users.create", {}, { withinMs: 100 }), (error: Error) => {
      assert.match(error.message, /The handler of 'users\.create' at 'users' has ended without a reply/);
      assert.doesNotMatch(error.message, /clock stands still/);
      return true;
    });
  });

  it("works under the fake timers of a test runner", async () => {
    mock.timers.enable();
    try {
      bus.service("users", { "users.create": () => ({ name: "users.created" }) });
      const web = bus.role("web");
      assert.equal((await web.request("users.create", {})).name, "users.created");
      await assert.rejects(web.received("users.created", { withinMs: 20 }), /No 'users\.created' came/);
    } finally {
      mock.timers.reset();
    }
  });

  it("says why no reply came", async () => {
    const web = bus.role("web");
    await assert.rejects(web.request("users.create", {}, { withinMs: 20 }), /No service is attached as 'users'/);
    bus.service("users", handlers);
    bus.role("mongo");
    await assert.rejects(
      web.request("users.create", {}, { withinMs: 1_000 }),
      /'users' sent 'mongo.create' \{\}, and nobody waited for it at 'web', 'mongo'.*clock stands still/s,
    );
  });

  describe("in its time", () => {
    it("lets a deadline pass when the test says so", async () => {
      bus.service("users", handlers);
      bus.role("mongo").hangs("mongo.create");
      const reply = bus.role("web").request("users.create", {}, { deadlineMs: 5_000 });
      const rejected = assert.rejects(reply, { reason: "DEADLINE_EXCEEDED" });
      await bus.clock.advance(5_000);
      await rejected;
    });

    it("answers late", async () => {
      bus.service("users", handlers);
      bus.role("mongo").replies("mongo.create", { name: "mongo.created" }, { afterMs: 3_000 });
      let isHere = false;
      const reply = bus.role("web").request("users.create", {});
      void reply.then(() => {
        isHere = true;
      });
      await bus.clock.advance(2_999);
      assert.equal(isHere, false);
      await bus.clock.advance(1);
      assert.equal(isHere, true);
    });
  });
});
