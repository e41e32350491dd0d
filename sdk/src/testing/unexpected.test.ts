import assert from "node:assert/strict";
import { DeadMessage } from "../service/endings.ts";
import type { Handler } from "../service/handlers.ts";
import { service } from "../service/service.ts";
import { createTestBus, type TestBus } from "./test-bus.ts";
import { listed, shown, thrownText } from "./unexpected.ts";

const users = { receives: ["users.create", "users.found"], sends: ["users.created", "users.find"] };

describe("What is unexpected on a test bus", () => {
  let bus: TestBus;

  beforeEach(() => {
    bus = createTestBus({ services: { users }, withinMs: 500 });
  });
  afterEach(() => bus.close());

  /** A service that does something when it is asked to create a user, and has. */
  async function does(what: Handler): Promise<void> {
    bus.service("users", { "users.create": what });
    await bus.role("web").send("users.create", {});
  }

  const failure = (text: RegExp) => assert.rejects(bus.assertNoUnexpected(), { name: "AssertionError", message: text });

  it("is a message that nobody waited for, until somebody does", async () => {
    await does(() => ({ name: "users.created", payload: { id: 1 } }));
    await failure(
      /'users' sent 'users.created' {"id":1}, and nobody waited for it at 'web': take it by await bus.role\("web"\).received\("users.created"\)/,
    );
    bus.role("web").list("users.created");
    await bus.assertNoUnexpected();
  });

  it("is no message that was ignored, mocked or listed at any role", async () => {
    for (const takeNote of [
      () => bus.role("web").ignores("users.created"),
      () => bus.role("web").ignores(),
      () => bus.role("audit").replies("users.created", []),
      () => bus.role("audit").hangs("users.created"),
    ]) {
      bus = createTestBus({ services: { users } });
      takeNote();
      await does(() => ({ name: "users.created" }));
      await bus.assertNoUnexpected();
      await bus.close();
    }
  });

  it("is what a service may not send, though it swallows the refusal", async () => {
    await does(async (_message, { send }) => {
      await send("users.delete").catch(() => {});
    });
    await failure(/'users' could not send 'users.delete' \(NOT_ALLOWED\): .*service.yml/);
    const [refused] = await bus.takeUnexpected();
    assert.ok(refused?.kind === "refused");
    assert.deepEqual([refused.role, refused.name, refused.reason], ["users", "users.delete", "NOT_ALLOWED"]);
    await bus.assertNoUnexpected();
  });

  it("is what nobody receives", async () => {
    const lonely = createTestBus({ routes: { users, web: { sends: ["users.create"] } } });
    lonely.service("users", { "users.create": () => ({ name: "users.created" }) });
    await lonely.role("web").send("users.create");
    await assert.rejects(lonely.assertNoUnexpected(), /could not send 'users.created' \(NO_RECEIVERS\)/);
    await lonely.close();
  });

  it("is a handler that throws, and where", async () => {
    await does(() => {
      throw new RangeError("too many");
    });
    await failure(
      /'users.create' ended as handler_failed at 'users': it threw RangeError: too many, at .*unexpected.test.ts/,
    );
    const [lost] = await bus.takeUnexpected();
    assert.ok(lost?.kind === "lost" && lost.error instanceof RangeError);
  });

  it("is a message that a service has no handler for, or will not take", async () => {
    bus.service("users", {
      "users.found": () => {
        throw new DeadMessage("no such user");
      },
    });
    await bus.role("web").send("users.create");
    await bus.role("web").send("users.found");
    await failure(
      /'users.create' ended as dead at 'users': .*no handler for 'users.create'.*'users.found' ended as dead.*no such user/s,
    );
  });

  it("is what one service fails at that another sent", async () => {
    const two = createTestBus({ services: { users, db: { receives: ["users.find"], sends: [] } } });
    two.service("users", { "users.create": async (_message, { send }) => void (await send("users.find")) });
    two.service("db", { "users.find": () => Promise.reject(new Error("no disk")) });
    await two.role("web").send("users.create");
    await assert.rejects(
      two.assertNoUnexpected(),
      /'users.find' ended as handler_failed at 'db': it threw Error: no disk/,
    );
    await two.close();
  });

  it("is a message for a service that is not there in time", async () => {
    await bus.role("web").send("users.create", {}, { deadlineMs: 1_000 });
    await bus.clock.advance(1_100);
    await failure(/'users.create' ended as no_instance at 'users': .*Is its service running/);
  });

  it("is nothing that the test has a played role do", async () => {
    bus.role("db").fails("users.find");
    await does(async (_message, { request }) => {
      await request("users.find").catch(() => {});
    });
    await bus.assertNoUnexpected();
  });

  it("is a service of a role that does not exist, or that the test plays", async () => {
    bus.role("web");
    service("nobody", {}, bus.options);
    service("web", {}, bus.options);
    await failure(/could not attach \(NOT_ALLOWED\): .*no role 'nobody'.*attached as 'web', which this test plays/s);
  });

  it("is no longer so after a reset", async () => {
    await does(() => ({ name: "users.created" }));
    await bus.reset();
    await bus.assertNoUnexpected();
    assert.deepEqual([bus.role("web").messages, bus.said], [[], []]);
  });
});

describe("What is shown of a value", () => {
  it("is its JSON, cut short", () => {
    assert.equal(shown({ a: 1 }), '{"a":1}');
    assert.equal(shown(undefined), "nothing");
    assert.equal(shown("x".repeat(999)).length, 201);
  });

  it("is of many lines the first twenty", () => {
    assert.equal(listed(["a", "b"]), "\n  * a\n  * b");
    assert.match(listed(Array(25).fill("x")), /^(\n {2}\* x){20}\n {2}\* … and 5 more$/);
  });

  it("is of what was thrown the first place", () => {
    assert.match(thrownText(new TypeError("x")), /^TypeError: x, at .*unexpected.test.ts/);
    assert.equal(thrownText("plain"), '"plain"');
    const response: Record<string, unknown> = { status: 500 };
    response.request = { response };
    assert.match(thrownText(response), /status: 500/);
    assert.equal(thrownText({ big: 1n }), "{ big: 1n }");
  });
});
