import assert from "node:assert/strict";
import { eventually } from "@exosphere/testkit";
import type { AppUnderTest } from "@exosphere/testkit/app-under-test";
import { Mesh } from "@exosphere/testkit/mesh";
import { ask, send } from "@exosphere/testkit/messages";
import type { SidecarProcess } from "@exosphere/testkit/sidecar-process";

const routes = {
  web: { sends: ["todo.create", "shout"], receives: ["todo.created"] },
  mongo: {
    sends: ["mongo.created"],
    receives: ["mongo.create", "shout"],
    translations: [
      { public: "todo.create", internal: "mongo.create" },
      { public: "todo.created", internal: "mongo.created" },
    ],
  },
  audit: { sends: [], receives: ["todo.create", "todo.created", "shout"] },
  idle: { sends: ["shout"], receives: [] },
} as const;

describe("Routing", () => {
  const mesh = new Mesh();
  let web: SidecarProcess;
  let mongo: AppUnderTest;
  let audit: AppUnderTest;

  before(async () => {
    await mesh.startBroker({ routes });
    const [sidecar, mongoService, auditService] = await Promise.all([
      mesh.startSidecar("web"),
      mesh.startService("mongo"),
      mesh.startService("audit"),
    ]);
    web = sidecar;
    mongo = mongoService.app;
    audit = auditService.app;
  });
  beforeEach(() => {
    mongo.reset();
    audit.reset();
  });
  after(() => mesh.stop());

  it("translates names on both ways, and only for the role that asked for it", async () => {
    mongo.on("mongo.create", () => ({ reply: { name: "mongo.created", payload: { id: 1 } } }));
    const { status, json } = await ask(web.edge, "todo.create", "{}");
    assert.deepEqual([status, json.name, json.payload], [200, "todo.created", { id: 1 }]);
    assert.equal((await mongo.delivery("mongo.create")).path, "/run/mongo.create");
    await Promise.all([audit.delivery("todo.create"), audit.delivery("todo.created")]);
  });

  it("gives each subscribed role one copy, with the same ids and payload", async () => {
    await send(web.edge, "shout", '{"loud":true}');
    const copies = await Promise.all([mongo.delivery("shout"), audit.delivery("shout")]);
    assert.deepEqual(copies[0].message, copies[1].message);
    await send(web.edge, "shout", "2");
    await Promise.all([mongo.delivery("shout", 2), audit.delivery("shout", 2)]);
    assert.deepEqual([mongo.deliveries.length, audit.deliveries.length], [2, 2]);
  });

  it("is shown by /config.json, exactly", async () => {
    const response = await fetch(`${web.edge}/config.json`);
    assert.deepEqual([response.status, response.headers.get("content-type")], [200, "application/json"]);
    assert.deepEqual(await response.json(), {
      clients: [
        { role: "audit", instances: 1 },
        { role: "mongo", instances: 1 },
        { role: "web", instances: 1 },
      ],
      routes: Object.fromEntries(Object.entries(routes).map(([role, route]) => [role, { translations: [], ...route }])),
    });
  });

  it("shows in /config.json who comes and goes", async () => {
    const instancesOf = async (role: string) => {
      const { clients } = (await (await fetch(`${web.edge}/config.json`)).json()) as {
        clients: { role: string; instances: number }[];
      };
      return clients.find((client) => client.role === role)?.instances ?? 0;
    };
    const second = await mesh.startSidecar("audit");
    assert.equal(await instancesOf("audit"), 2);
    await second.stop();
    await eventually("the second instance is gone", async () => (await instancesOf("audit")) === 1);
  });

  it("is up, says /status", async () => {
    const response = await fetch(`${web.edge}/status`);
    assert.deepEqual([response.status, await response.json()], [200, { role: "web", connected: true }]);
  });
});
