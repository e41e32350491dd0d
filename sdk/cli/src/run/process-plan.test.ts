import assert from "node:assert/strict";
import type { Application } from "@exosphere/application";
import { applicationOf, serviceOf } from "./application.fixture.ts";
import { type PlanInput, Planner } from "./process-plan.ts";

const application = applicationOf(
  serviceOf("users"),
  serviceOf("web", { type: "public", environment: { COLOUR: "blue", ROLE: "mistaken" } }),
  serviceOf("shop", { type: "public", startup: { command: "./run", onlineText: undefined } }),
  serviceOf("elsewhere", { directory: undefined, dockerImage: "some/image" }),
  serviceOf("by-hand", { startup: undefined }),
);

/** Ports from 1000 on, in the order in which they are asked for. */
function planner(input: Partial<PlanInput> = {}): Promise<Planner> {
  let next = 1000;
  const programs = {
    broker: ["exocom"],
    sidecar: ["node", "exo-sidecar"],
    gateway: ["exo-gateway"],
    dashboard: ["exo-analytics"],
  };
  const freePorts = async (count: number) => Array.from({ length: count }, () => next++);
  return Planner.of({ programs, env: {}, socketFolder: "/s", freePorts, ...input });
}

async function plan(input: Partial<PlanInput> & { readonly application?: Application } = {}) {
  const { application: other = application, ...rest } = input;
  const planned = await (await planner(rest)).plan(other);
  const { instances } = planned;
  return {
    ...planned,
    sidecars: instances.map(({ sidecar }) => sidecar),
    services: instances.map(({ app }) => app),
    addresses: instances.map(({ address }) => address),
  };
}

describe("process plan", () => {
  it("starts the broker with the application's routes", async () => {
    const { broker } = await plan();
    assert.equal(broker.name, "exocom");
    assert.deepEqual(broker.command, [
      "exocom",
      "serve",
      "--app=/app/application.yml",
      "--port=1000",
      "--admin-port=1001",
    ]);
    assert.deepEqual(broker.up, { readyUrl: "http://127.0.0.1:1001/readyz" });
  });

  it("starts a sidecar for each service, which tells it broker, app and ports", async () => {
    const [sidecar] = (await plan()).sidecars;
    assert.equal(sidecar?.name, "users/sidecar");
    assert.deepEqual(sidecar?.command, [
      "node",
      "exo-sidecar",
      "--role=users",
      "--broker=127.0.0.1:1000",
      "--app=http://127.0.0.1:1006",
      "--socket=/s/1008.sock",
      "--port=1008",
      "--admin-port=1009",
      "--no-app-expected",
    ]);
    assert.deepEqual(sidecar?.up, { readyUrl: "http://127.0.0.1:1009/readyz" });
  });

  it("starts a service in its folder and tells it where its sidecar is and where to listen", async () => {
    const [users] = (await plan()).services;
    assert.equal(users?.command, "node server.js");
    assert.equal(users?.cwd, "/app/users");
    assert.deepEqual(users?.up, { onlineText: "users online" });
    assert.deepEqual(users?.env, {
      EXOCOM_HOST: "127.0.0.1",
      EXOCOM_PORT: "1008",
      EXOCOM_SOCKET: "/s/1008.sock",
      ROLE: "users",
      EXORELAY_PORT: "1006",
    });
  });

  it("gives public services a port for people, the first one the wanted port", async () => {
    const { services, addresses } = await plan({ publicPort: 80 });
    assert.deepEqual(
      services.map(({ env }) => env.PORT),
      [undefined, "80", "1015"],
    );
    assert.deepEqual(
      addresses.map(({ publicUrl }) => publicUrl),
      [undefined, "http://127.0.0.1:80", "http://127.0.0.1:1015"],
    );
    assert.equal((await plan()).services[1]?.env.PORT, "1011");
  });

  it("lets a service's own environment beat the inherited one, but not what the bus tells it", async () => {
    const { env } = (await plan({ env: { COLOUR: "red", HOME: "/home" } })).services[1] ?? {};
    assert.deepEqual([env?.COLOUR, env?.HOME, env?.ROLE], ["blue", "/home", "web"]);
  });

  it("keeps variables from the processes that were meant for others", async () => {
    const { broker, sidecars, services } = await plan({
      env: { SERVICE_DATA: "{}", PORT: "80", EXO_CONFIG: "exo.yml" },
    });
    for (const { env } of [broker, ...sidecars, ...services]) {
      assert.equal(env.SERVICE_DATA, undefined);
      assert.equal(env.EXO_CONFIG, undefined);
      assert.notEqual(env.PORT, "80");
    }
  });

  it("starts a dashboard where one is wanted, which watches the broker", async () => {
    const { dashboard, shared } = await plan({ dashboardPort: 4400, env: { HOME: "/home" } });
    assert.deepEqual(dashboard?.command, [
      "exo-analytics",
      "--broker=127.0.0.1:1000",
      "--port=4400",
      "--admin-port=1005",
      "--data-dir=/app/.data",
    ]);
    assert.equal(shared.dashboard?.url, "http://127.0.0.1:4400");
    assert.equal((await plan({ dashboardPort: 0 })).shared.dashboard?.url, "http://127.0.0.1:1004");
    assert.equal((await plan()).dashboard, undefined);
  });

  it("starts a gateway if the application has one, for its sites, and tells everybody where it is", async () => {
    const gateway = {
      role: "clients",
      clients: { anonymous: { sends: [], receives: [] }, users: { sends: [], receives: [] }, scopes: new Map() },
    };
    const planned = await plan({ application: { ...application, gateway } });
    assert.deepEqual(planned.gateway?.command, [
      "exo-gateway",
      "--role=clients",
      "--app=/app/application.yml",
      "--broker=127.0.0.1:1000",
      "--port=1002",
      "--admin-port=1003",
      "--state=/s/sessions.sqlite",
      "--allow-origins=http://127.0.0.1:1011,http://localhost:1011,http://127.0.0.1:1015,http://localhost:1015",
    ]);
    assert.equal(planned.shared.gateway?.url, "http://127.0.0.1:1002");
    assert.equal(planned.services[1]?.env.EXO_GATEWAY_URL, "http://127.0.0.1:1002");
    assert.equal((await plan()).gateway, undefined);
  });

  it("takes a service without an online text for up once it serves people or takes messages", async () => {
    const sidecarMetricsUrl = "http://127.0.0.1:1017/metrics";
    assert.deepEqual((await plan()).services[2]?.up, { sidecarMetricsUrl, exorelayPort: 1014, publicPort: 1015 });
    const startup = { command: "./run", onlineText: undefined };
    const route = { sends: ["a"], receives: [{ name: "b" }], translations: [] };
    const receiving = await plan({ application: applicationOf(serviceOf("sink", { startup, route })) });
    assert.equal(receiving.services[0]?.up && "publicPort" in receiving.services[0].up, true);
    const sending = await plan({ application: applicationOf(serviceOf("source", { startup })) });
    assert.equal(sending.services[0]?.up, undefined, "what only sends is up once it runs");
  });

  it("says where a service takes its messages, unless it gets none, or serves people and gets only replies", async () => {
    const takesWorkOf = async (over: object) =>
      (await plan({ application: applicationOf(serviceOf("users", over)) })).services[0]?.takesWork;
    const receives = { sends: ["a"], receives: [{ name: "b" }], translations: [] };
    assert.equal((await takesWorkOf({ route: receives }))?.publicPort, undefined);
    assert.equal(await takesWorkOf({}), undefined);
    assert.equal(await takesWorkOf({ route: receives, type: "public" }), undefined, "nobody sends 'b' but as a reply");
  });

  it("gives a service the port that its service.yml says, and announces that", async () => {
    const { services, addresses } = await plan({ application: applicationOf(serviceOf("web", { port: 3000 })) });
    assert.equal(services[0]?.env.PORT, "3000");
    assert.equal(addresses[0]?.publicUrl, "http://127.0.0.1:3000");
  });

  it("names the services that it cannot start", async () => {
    assert.deepEqual((await plan()).notStarted, ["elsewhere", "by-hand"]);
    assert.equal((await plan()).sidecars.length, 3);
  });

  it("gives no port twice", async () => {
    const { broker, sidecars, services } = await plan();
    const text = JSON.stringify([broker, ...sidecars, ...services].map(({ command, env }) => [command, env.PORT]));
    const bound = [...text.matchAll(/(?:-port=|"--app=http:\/\/127.0.0.1:|,")(\d+)/g)].map(([, port]) => port);
    assert.equal(new Set(bound).size, bound.length);
  });

  it("plans every instance of a service, the first one with the port that it asks for", async () => {
    const three = applicationOf(serviceOf("web", { instances: 3, port: 3000 }));
    const { sidecars, services, addresses } = await plan({ application: three });
    assert.deepEqual(
      services.map(({ name }) => name),
      ["web/1", "web/2", "web/3"],
    );
    assert.deepEqual(
      addresses.map(({ role, publicUrl }) => [role, publicUrl]),
      [3000, 1011, 1015].map((port) => ["web", `http://127.0.0.1:${port}`]),
    );
    assert.ok(sidecars.every(({ command }) => command.includes("--role=web")));
  });

  it("plans alike what has not changed, and keeps the ports of what has", async () => {
    const [users, web] = [serviceOf("users"), serviceOf("web")];
    const steady = await planner();
    const before = await steady.plan(applicationOf(users, web));
    const changed = { ...web, startup: { command: "node other.js", onlineText: undefined } };
    const after = await steady.plan(applicationOf(serviceOf("new"), users, changed));
    const [, sameUsers, otherWeb] = after.instances;
    assert.deepEqual([sameUsers, otherWeb?.sidecar], [before.instances[0], before.instances[1]?.sidecar]);
    assert.deepEqual(otherWeb?.address, before.instances[1]?.address);
    assert.notDeepEqual(otherWeb?.app, before.instances[1]?.app);
    assert.deepEqual(after.broker, before.broker);
  });
});
