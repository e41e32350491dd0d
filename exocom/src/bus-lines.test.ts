import assert from "node:assert/strict";
import type { AcceptedMessage, Delivery, Instance, Permission } from "@exosphere/broker";
import { encodeEnvelope } from "@exosphere/frames";
import { ExoError, newEnvelope } from "@exosphere/proto";
import { BusLines } from "./bus-lines.ts";

/** Lines of a bus, of which the test says what happens on it. */
function linesOf() {
  const printed: string[] = [];
  const lines = new BusLines(
    (line) => printed.push(line),
    ({ agent }) => agent !== "http",
  );
  return { printed, lines };
}

const instanceOf = (role: string, agent = "service") => ({ role: { name: role }, agent }) as Instance;

function messageOf(payload: string, responseTimeNs = 0): AcceptedMessage {
  return {
    envelope: encodeEnvelope(newEnvelope({ payload: Buffer.from(payload) })),
    responseTimeNs,
  } as AcceptedMessage;
}

const permissionOf = (name: string, receivers: Record<string, Instance[]> = {}) =>
  ({
    name,
    subscriptions: Object.entries(receivers).map(([role, instances]) => ({
      role: { name: role, instances: new Set(instances) },
    })),
  }) as unknown as Permission<Instance["role"]>;

const deliveryOf = (message: AcceptedMessage, name: string) =>
  ({ message, subscription: { name, publicName: name } }) as Delivery;

describe("the lines of the all-in-one", () => {
  it("tell who comes and goes, but not of those with no service behind them", () => {
    const { printed, lines } = linesOf();
    lines.online(3000);
    for (const agent of ["service", "http"]) {
      lines.attached(instanceOf("users", agent));
      lines.detached(instanceOf("users", agent));
    }
    assert.deepEqual(printed, ["ExoCom online at port 3000", "'users' registered", "'users' disconnected"]);
  });

  it("tell of each delivery: both names where they differ, the time where there is one, and the payload", () => {
    const { printed, lines } = linesOf();
    for (const [name, responseTimeNs, payload] of [
      ["create", 0, '{ "a":\n\t1 }'],
      ["make", 1_234_567, ""],
    ] as const) {
      const message = messageOf(payload, responseTimeNs);
      lines.publishes(instanceOf("web"), permissionOf("create"), message);
      lines.delivers(deliveryOf(message, name), instanceOf("users"));
    }
    assert.deepEqual(printed, [
      "web  --[ create ]->  users",
      '{ "a":\t1 }',
      "web  --[ create ]-[ make ]->  users  ( 1.2ms )",
      "null",
    ]);
  });

  it("name the bus itself where no role has sent a message", () => {
    const { printed, lines } = linesOf();
    lines.delivers(deliveryOf(messageOf("1"), "authorize message"), instanceOf("security"));
    assert.deepEqual(printed, ["exocom  --[ authorize message ]->  security", "1"]);
  });

  it("tell of roles without a service", () => {
    const { printed, lines } = linesOf();
    const receivers = { users: [], audit: [instanceOf("audit", "http")], log: [instanceOf("log")] };
    lines.publishes(instanceOf("web"), permissionOf("create", receivers), messageOf("1"));
    assert.deepEqual(printed, ["No connected service for role 'users'", "No connected service for role 'audit'"]);
  });

  it("tell of what is refused, and let nobody write a line of his own", () => {
    const { printed, lines } = linesOf();
    lines.notTaken("web", "x", new ExoError("NOT_ALLOWED", "."));
    lines.notTaken("web\n'users' registered\u009b\u001b[2J", "x", new ExoError("NOT_ALLOWED", "."));
    lines.notTaken("web", "x", new ExoError("NO_RECEIVERS", "."));
    lines.notTaken("web", "x", new ExoError("QUEUE_FULL", "."));
    lines.refused({ role: "web", name: "x", activity: "a1", outcome: "refused_by_security", detail: "." });
    assert.deepEqual(printed, [
      "Warning: Service 'web' is not allowed to broadcast the message 'x'",
      "Warning: Service 'web 'users' registered\\u009b\\u001b[2J' is not allowed to broadcast the message 'x'",
      "Warning: No receivers for message 'x' registered",
      "Warning: Unauthorized message 'x' from 'web' with activityId 'a1'",
    ]);
  });
});
