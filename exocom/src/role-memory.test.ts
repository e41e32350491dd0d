import assert from "node:assert/strict";
import { type AppIncoming, ReceivedMessages } from "@exosphere/sidecar/edges";
import { RoleMemory } from "./role-memory.ts";

const incoming = (id: string, activityId: string) =>
  ({
    id,
    activityId,
    number: 1,
    envelope: { auth: new Uint8Array(0), traceparent: "", tracestate: "" },
  }) as unknown as AppIncoming;

describe("what a role has received", () => {
  it("is what any of its instances has, as long as they are there", () => {
    const memory = new RoleMemory();
    const [first, second] = [new ReceivedMessages(), new ReceivedMessages()];
    const forget = memory.join("users", first);
    memory.join("users", second);
    memory.join("web", new ReceivedMessages())();
    first.add(incoming("m1", "a"));
    second.add(incoming("m2", "b"));
    second.add(incoming("m1", "c"));
    const users = memory.of("users");
    assert.equal(users.byId("m2")?.activityId, "b");
    assert.equal(users.byId("m1", "a")?.activityId, "a");
    assert.equal(users.byId("m1", "c")?.activityId, "c");
    assert.equal(users.byActivity("b")?.id, "m2");
    assert.equal(users.byActivity("b"), undefined);
    assert.equal(users.handling("a"), undefined);
    assert.equal(memory.of("web").byId("m1"), undefined);
    forget();
    assert.equal(users.byActivity("a"), undefined);
  });

  it("is not replied to twice by the activity alone", () => {
    const memory = new RoleMemory();
    const received = new ReceivedMessages();
    memory.join("users", received);
    const message = received.add(incoming("m", "a"));
    memory.of("users").repliedTo(message);
    assert.equal(memory.of("users").byActivity("a"), undefined);
  });
});
