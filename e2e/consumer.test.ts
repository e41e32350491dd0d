import assert from "node:assert/strict";
import { freePorts } from "@exosphere/process";
import { eventually, metricOf } from "@exosphere/testkit";
import { AppUnderTest } from "@exosphere/testkit/app-under-test";
import { InboxClient } from "@exosphere/testkit/inbox-client";
import { Mesh } from "@exosphere/testkit/mesh";
import { send } from "@exosphere/testkit/messages";
import { RawWebSocket } from "@exosphere/testkit/raw-websocket";
import type { SidecarProcess } from "@exosphere/testkit/sidecar-process";

const routes = { web: { sends: ["greet"], receives: [] }, users: { receives: ["greet"], sends: [] } };

describe("A consumer of a sidecar's deliveries", function () {
  this.timeout(60_000);
  const mesh = new Mesh();
  let web: SidecarProcess;

  before(async () => {
    await mesh.startBroker({ routes });
    web = await mesh.startSidecar("web");
  });
  after(() => mesh.stop());

  const isReached = async (sidecar: SidecarProcess, wanted: number) =>
    eventually(
      `a consumer is ${wanted ? "there" : "gone"}`,
      async () => (await metricOf(sidecar.admin, "exo_sidecar_app_reachable")) === wanted,
    );

  /** Opens an inbox and leaves before anything comes. */
  async function comeAndGo(sidecar: SidecarProcess): Promise<void> {
    const inbox = await InboxClient.open(sidecar.port);
    await isReached(sidecar, 1);
    await inbox.stop();
    await isReached(sidecar, 0);
  }

  it("claims nothing if it goes before it was given a message: another kind may take them", async () => {
    const users = await mesh.startSidecar("users");
    await comeAndGo(users);
    const socket = await RawWebSocket.register(users.port, "users");
    await isReached(users, 1);
    await send(web.edge, "greet", "1");
    assert.equal((await socket.message("greet")).payload, 1);
    socket.drop();
    // It was given one: its kind stays.
    await isReached(users, 0);
    const refused = await InboxClient.open(users.port);
    assert.equal(refused.status, 403);
    await users.stop();
  });

  it("does not keep the app's port from being looked for once it has gone", async () => {
    const [port] = (await freePorts(1)) as [number];
    // It does not wait for the app, as it would for one that is named by `app`.
    const users = await mesh.startSidecar("users", { args: ["--app", `http://127.0.0.1:${port}`] });
    await comeAndGo(users);
    const app = await AppUnderTest.start(port);
    await users.reachesItsApp();
    await send(web.edge, "greet", "2");
    assert.equal((await app.delivery("greet")).message.payload, 2);
    await app.close();
    await users.stop();
  });
});
