import assert from "node:assert/strict";
import { CoreBus } from "./testing/core-bus.ts";

describe("an observer of the core", () => {
  it("hears of messages before they are delivered, and of each delivery with its instance", async () => {
    const heard: string[] = [];
    const bus = new CoreBus(
      {
        web: { sends: ["create"] },
        users: { receives: ["create user"], translations: [{ public: "create", internal: "create user" }] },
        log: { receives: ["create"] },
      },
      {},
      {
        publishes: ({ role }, { name }, { activity }) => heard.push(`${role.name} ${name} ${activity}`),
        delivers: ({ subscription, message }, { role }) =>
          heard.push(`${subscription.name} ${message.activity} ${role.name}`),
      },
    );
    const [web, users] = [bus.attachNow("web"), bus.attachNow("users")];
    web.publishNow("create", { activity: "one" });
    assert.equal((await users.next()).name, "create user");
    assert.deepEqual(heard, ["web create one", "create user one users"]);
    bus.attachNow("log");
    assert.equal(heard[2], "create one log");
  });

  it("hears of what is refused, of what comes back, and of how each copy ends", async () => {
    const heard: string[] = [];
    const bus = new CoreBus(
      { web: { sends: ["create", "unheard"] }, users: { receives: ["create"] } },
      {},
      {
        refuses: ({ role }, permission, _, { reason }) => heard.push(`${role.name} ${permission?.name} ${reason}`),
        takesBack: ({ attempt }, { role }, outcome) => heard.push(`${role.name} ${attempt} ${outcome}`),
        ends: ({ message }, instance, outcome) =>
          heard.push(`${message.sender?.name} ${message.permission?.name} ${instance?.role.name} ${outcome}`),
      },
    );
    const [web, users] = [bus.attachNow("web"), bus.attachNow("users")];
    web.publishNow("unheard", {});
    web.publishNow("create", { deadlineMs: 5000 });
    bus.exocom.settle(users.instance, { number: 1, outcome: "retry", retryAfterMs: 10, detail: "" });
    await bus.advance(2000);
    bus.exocom.done(users.instance, 2);
    bus.exocom.setWindow(users.instance, 0);
    web.publishNow("create", { deadlineMs: 5000 });
    await bus.advance(6000);
    assert.deepEqual(heard, [
      "web unheard NO_RECEIVERS",
      "users 1 retry",
      "web create users ok",
      "web create undefined no_instance",
    ]);
  });
});
