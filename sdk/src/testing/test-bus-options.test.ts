import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loaded } from "./broker-module.ts";
import { createTestBus } from "./test-bus.ts";

describe("createTestBus", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "exosphere-bus-"));
    writeFileSync(
      join(folder, "service.yml"),
      "messages: { namespace: record, receives: [record.create], sends: [record.created] }",
    );
    writeFileSync(join(folder, "web.yml"), "");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("reads a service.yml, and plays others by the names outside", async () => {
    const bus = createTestBus({ services: { users: folder } });
    bus.service("users", { "record.create": () => ({ name: "record.created" }) });
    assert.equal((await bus.role("web").request("users.create")).name, "users.created");
    await bus.close();
  });

  it("says that it needs options", () => {
    for (const options of [undefined, null, "service.yml"])
      assert.throws(() => createTestBus(options as never), /TypeError: The test bus needs options, such as/);
  });

  it("reads an application with its translations", async () => {
    writeFileSync(
      join(folder, "application.yml"),
      `name: x
services:
  tweets: { location: ., namespace: record }
  web: { docker-image: web, messages: { sends: [tweets.create], receives: [tweets.created] } }
`,
    );
    const bus = createTestBus({ application: folder });
    bus.service("tweets", { "record.create": () => ({ name: "record.created" }) });
    assert.equal((await bus.role("web").request("tweets.create")).name, "tweets.created");
    assert.throws(() => bus.role("nobody"), /no role 'nobody'. Its roles are 'tweets', 'web'/);
    await bus.close();
  });

  it("says all that is wrong with its options, or with a file", () => {
    assert.throws(() => createTestBus({}), /say by one of services, application, routes/);
    assert.throws(
      () => createTestBus({ routes: {}, services: {}, clock: "slow" as "fake", withinMs: 0, rotues: {} } as never),
      /no option 'rotues'; .*say by one of .*'clock' must be .*'withinMs' must be/,
    );
    assert.throws(
      () => createTestBus({ routes: { web: { recieves: [] } as never } }),
      /role 'web' is wrong: there is no 'recieves'/,
    );
    assert.throws(() => createTestBus({ routes: { web: { sends: "x" } as never } }), /sends must be a list of names/);
    assert.throws(() => createTestBus({ services: { users: join(folder, "none.yml") } }), /none.yml: does not exist/);
  });

  it("keeps the limits that it is given", async () => {
    const bus = createTestBus({ services: { users: { receives: ["a"] } }, limits: { maxPayloadBytes: 10 } });
    await assert.rejects(bus.role("web").send("a", "x".repeat(100_000)), { reason: "PAYLOAD_TOO_LARGE" });
    await bus.close();
  });

  it("keeps the machine's time where it is told to", async () => {
    const bus = createTestBus({ services: { users: { receives: ["a"], sends: ["b"] } }, clock: "real" });
    bus.service("users", { a: async (_message, { request }) => void (await request("b")) });
    bus.role("web").hangs("b");
    await assert.rejects(bus.role("web").request("a", 1, { deadlineMs: 30 }), { name: "ExoError" });
    await assert.rejects(bus.clock.advance(1), /machine's time/);
    await bus.close();
  });
});

describe("A module of the broker", () => {
  it("that is not installed says what to install", () => {
    const missing = Object.assign(new Error("Cannot find package '@exosphere/broker'"), {
      code: "ERR_MODULE_NOT_FOUND",
    });
    const throws = (error: Error) => () =>
      loaded(() => {
        throw error;
      });
    assert.throws(throws(missing), /npm install --save-dev @exosphere\/broker/);
    const other = new Error("broken");
    assert.throws(throws(other), other);
  });
});
