import assert from "node:assert/strict";
import { eventually, metricOf } from "@exosphere/testkit";
import type { AppUnderTest } from "@exosphere/testkit/app-under-test";
import { Mesh } from "@exosphere/testkit/mesh";
import { ask, send } from "@exosphere/testkit/messages";
import type { SidecarProcess } from "@exosphere/testkit/sidecar-process";

const routes = { web: { sends: ["get"], receives: ["got"] }, users: { sends: ["got"], receives: ["get"] } };

describe("An app that keeps failing", () => {
  const mesh = new Mesh();
  let web: SidecarProcess;
  let users: AppUnderTest;
  let sidecar: SidecarProcess;
  const isSetAside = (wanted: number) =>
    eventually(
      `set aside: ${wanted}`,
      async () => (await metricOf(sidecar.admin, "exo_sidecar_app_set_aside")) === wanted,
    );

  before(async () => {
    await mesh.startBroker({ routes });
    web = await mesh.startSidecar("web");
    ({ app: users, sidecar } = await mesh.startService("users"));
  });
  after(() => mesh.stop());

  it("is not judged by messages that came so late that it had no time", async () => {
    const failures = 'exo_sidecar_received_total{name="get",outcome="handler_failed"}';
    users.on("get", () => new Promise(() => {}));
    await Promise.all(Array.from({ length: 10 }, () => ask(web.edge, "get", "0", { "exo-deadline": "300ms" })));
    const seen = users.received("get").length;
    await eventually("their end", async () => ((await metricOf(sidecar.admin, failures)) ?? 0) === seen);
    assert.equal(await metricOf(sidecar.admin, "exo_sidecar_app_set_aside"), 0);
    assert.equal(sidecar.logged("it is set aside").length, 0);
  });

  it("goes on getting messages while it is the only instance, so that one failing name does not delay others", async () => {
    users.on("get", ({ message }, response) => {
      if (message.payload === "well") return { reply: { name: "got", payload: message.payload } };
      return void response.writeHead(500).end();
    });
    for (let time = 0; time < 5; time += 1) assert.equal((await ask(web.edge, "get", "1")).status, 502);
    await isSetAside(1);
    await sidecar.logs("it is set aside while other instances of its role take work");
    // One that hangs holds up no other either.
    users.on("get", ({ message }, response) => {
      if (message.payload === "hang") return new Promise(() => {});
      if (message.payload === "well") return { reply: { name: "got", payload: message.payload } };
      return void response.writeHead(500).end();
    });
    const hanging = ask(web.edge, "get", '"hang"', { "exo-deadline": "5s" });
    await users.delivery("get", 6);
    let isAnswered = false;
    void hanging.then(() => {
      isAnswered = true;
    });
    const failing = await Promise.all(["2", "3", "4"].map((payload) => ask(web.edge, "get", payload)));
    assert.deepEqual(
      failing.map(({ status }) => status),
      [502, 502, 502],
    );
    const { status, json } = await ask(web.edge, "get", '"well"');
    assert.deepEqual([status, json.payload, isAnswered], [200, "well", false]);
    await isSetAside(0);
    await sidecar.logs("no longer set aside");
    await hanging;
  });

  it("leaves its work to the other instances of its role", async () => {
    const other = await mesh.startService("users");
    other.app.on("get", ({ message }) => ({ reply: { name: "got", payload: message.payload } }));
    users.reset();
    users.on("get", (_, response) => void response.writeHead(500).end());
    await eventually("the failing one is set aside", async () => {
      await ask(web.edge, "get", "5");
      return (await metricOf(sidecar.admin, "exo_sidecar_app_set_aside")) === 1;
    });
    const seen = users.received("get").length;
    assert.ok(seen > 0);
    assert.equal((await ask(web.edge, "get", "6")).json.payload, 6);
  });
});

describe("An app with a health path", () => {
  const mesh = new Mesh();
  let web: SidecarProcess;
  let users: AppUnderTest;
  let sidecar: SidecarProcess;
  let isHealthy = false;

  before(async () => {
    await mesh.startBroker({ routes });
    web = await mesh.startSidecar("web");
    users = await mesh.startApp();
    users.answerGet("/healthz", () => (isHealthy ? 204 : 503));
    sidecar = await mesh.startSidecar("users", {
      args: ["--app", `http://127.0.0.1:${users.port}`, "--app-health", "/healthz"],
    });
  });
  after(() => mesh.stop());

  it("is given nothing until it says that it is up, and nothing once it says that it is not", async () => {
    await send(web.edge, "get", "1");
    await sidecar.reachesItsApp(false);
    assert.equal(users.received("get").length, 0);
    isHealthy = true;
    await users.delivery("get");
    isHealthy = false;
    await sidecar.reachesItsApp(false);
    await send(web.edge, "get", "2");
    const waiting = 'exocom_queue_messages{role="users"}';
    assert.equal(await metricOf(mesh.broker.admin, waiting), 1);
    isHealthy = true;
    assert.equal((await users.delivery("get", 2)).message.attempt, 1);
  });
});
