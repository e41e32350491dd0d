import assert from "node:assert/strict";
import { applicationOf, serviceOf } from "./application.fixture.ts";
import { type PlanInput, planProcesses, portsNeeded } from "./process-plan.ts";

const application = applicationOf(
  serviceOf("users"),
  serviceOf("web", { type: "public", environment: { COLOUR: "blue", ROLE: "mistaken" } }),
  serviceOf("shop", { type: "public", startup: { command: "./run", onlineText: undefined } }),
  serviceOf("elsewhere", { directory: undefined, dockerImage: "some/image" }),
  serviceOf("by-hand", { startup: undefined }),
);

function plan(input: Partial<PlanInput> = {}) {
  const ports = Array.from({ length: portsNeeded(application) }, (_, index) => 1000 + index);
  const programs = {
    broker: ["exocom"],
    sidecar: ["node", "exo-sidecar"],
    gateway: ["exo-gateway"],
    dashboard: ["exo-analytics"],
  };
  return planProcesses({ application, programs, env: {}, publicPort: undefined, socketFolder: "/s", ports, ...input });
}

describe("process plan", () => {
  it("starts the broker with the application's routes", () => {
    const { broker } = plan();
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

  it("starts a sidecar for each service, which tells it broker, app and ports", () => {
    const [sidecar] = plan().sidecars;
    assert.equal(sidecar?.name, "users/sidecar");
    assert.deepEqual(sidecar?.command, [
      "node",
      "exo-sidecar",
      "--role=users",
      "--broker=127.0.0.1:1000",
      "--app=http://127.0.0.1:1002",
      "--socket=/s/1.sock",
      "--port=1004",
      "--admin-port=1005",
    ]);
    assert.deepEqual(sidecar?.up, { readyUrl: "http://127.0.0.1:1005/readyz" });
  });

  it("starts a service in its folder and tells it where its sidecar is and where to listen", () => {
    const [users] = plan().services;
    assert.equal(users?.command, "node server.js");
    assert.equal(users?.cwd, "/app/users");
    assert.deepEqual(users?.up, { onlineText: "users online" });
    assert.deepEqual(users?.env, {
      EXOCOM_HOST: "127.0.0.1",
      EXOCOM_PORT: "1004",
      EXOCOM_SOCKET: "/s/1.sock",
      ROLE: "users",
      EXORELAY_PORT: "1002",
    });
  });

  it("gives public services a port for people, the first one the wanted port", () => {
    const { services, addresses } = plan({ publicPort: 80 });
    assert.deepEqual(
      services.map(({ env }) => env.PORT),
      [undefined, "80", "1011"],
    );
    assert.deepEqual(
      addresses.map(({ publicUrl }) => publicUrl),
      [undefined, "http://127.0.0.1:80", "http://127.0.0.1:1011"],
    );
    assert.equal(plan().services[1]?.env.PORT, "1007");
  });

  it("lets a service's own environment beat the inherited one, but not what the bus tells it", () => {
    const { env } = plan({ env: { COLOUR: "red", HOME: "/home" } }).services[1] ?? {};
    assert.deepEqual([env?.COLOUR, env?.HOME, env?.ROLE], ["blue", "/home", "web"]);
  });

  it("keeps variables from the processes that were meant for others", () => {
    const { broker, sidecars, services } = plan({ env: { SERVICE_DATA: "{}", PORT: "80", EXO_CONFIG: "exo.yml" } });
    for (const { env } of [broker, ...sidecars, ...services]) {
      assert.equal(env.SERVICE_DATA, undefined);
      assert.equal(env.EXO_CONFIG, undefined);
      assert.notEqual(env.PORT, "80");
    }
  });

  it("starts a dashboard where one is wanted, which watches the broker", () => {
    const { dashboard, shared } = plan({ dashboardPort: 4400, env: { HOME: "/home" } });
    assert.deepEqual(dashboard?.command, [
      "exo-analytics",
      "--broker=127.0.0.1:1000",
      "--port=4400",
      "--admin-port=1017",
      "--data-dir=/app/.data",
    ]);
    assert.equal(shared.dashboard?.url, "http://127.0.0.1:4400");
    assert.equal(plan({ dashboardPort: 0 }).shared.dashboard?.url, "http://127.0.0.1:1016");
    assert.equal(plan().dashboard, undefined);
  });

  it("starts a gateway if the application has one, for its sites, and tells everybody where it is", () => {
    const gateway = {
      role: "clients",
      clients: { anonymous: { sends: [], receives: [] }, users: { sends: [], receives: [] }, scopes: new Map() },
    };
    const ports = Array.from({ length: portsNeeded(application) }, (_, index) => 1000 + index);
    const planned = plan({ application: { ...application, gateway }, ports });
    assert.deepEqual(planned.gateway?.command, [
      "exo-gateway",
      "--role=clients",
      "--app=/app/application.yml",
      "--broker=127.0.0.1:1000",
      "--port=1014",
      "--admin-port=1015",
      "--state=/s/sessions.sqlite",
      "--allow-origins=http://127.0.0.1:1007,http://localhost:1007,http://127.0.0.1:1011,http://localhost:1011",
    ]);
    assert.equal(planned.shared.gateway?.url, "http://127.0.0.1:1014");
    assert.equal(planned.services[1]?.env.EXO_GATEWAY_URL, "http://127.0.0.1:1014");
    assert.equal(plan().gateway, undefined);
  });

  it("takes a service without an online text for up once it serves people or takes messages", () => {
    const sidecarMetricsUrl = "http://127.0.0.1:1013/metrics";
    assert.deepEqual(plan().services[2]?.up, { sidecarMetricsUrl, exorelayPort: 1010, publicPort: 1011 });
    const startup = { command: "./run", onlineText: undefined };
    const route = { sends: ["a"], receives: [{ name: "b" }], translations: [] };
    const receiving = plan({ application: applicationOf(serviceOf("sink", { startup, route })) });
    assert.equal(receiving.services[0]?.up && "publicPort" in receiving.services[0].up, true);
    const sending = plan({ application: applicationOf(serviceOf("source", { startup })) });
    assert.equal(sending.services[0]?.up, undefined, "what only sends is up once it runs");
  });

  it("gives a service the port that its service.yml says, and announces that", () => {
    const { services, addresses } = plan({ application: applicationOf(serviceOf("web", { port: 3000 })) });
    assert.equal(services[0]?.env.PORT, "3000");
    assert.equal(addresses[0]?.publicUrl, "http://127.0.0.1:3000");
  });

  it("names the services that it cannot start", () => {
    assert.deepEqual(plan().notStarted, ["elsewhere", "by-hand"]);
    assert.equal(plan().sidecars.length, 3);
  });

  it("gives no port twice", () => {
    const { broker, sidecars, services } = plan();
    const text = JSON.stringify([broker, ...sidecars, ...services].map(({ command, env }) => [command, env.PORT]));
    const bound = [...text.matchAll(/(?:-port=|"--app=http:\/\/127.0.0.1:|,")(\d+)/g)].map(([, port]) => port);
    assert.equal(new Set(bound).size, bound.length);
  });
});
