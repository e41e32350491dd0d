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
});
