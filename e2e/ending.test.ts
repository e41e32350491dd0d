import assert from "node:assert/strict";
import { eventually, metricOf } from "@exosphere/testkit";
import type { AppUnderTest } from "@exosphere/testkit/app-under-test";
import { Mesh } from "@exosphere/testkit/mesh";
import { ask, send } from "@exosphere/testkit/messages";
import type { SidecarProcess } from "@exosphere/testkit/sidecar-process";

describe("A sidecar that is told to end", () => {
  const mesh = new Mesh();
  let web: SidecarProcess;
  let users: AppUnderTest;
  let usersSidecar: SidecarProcess;

  beforeEach(async () => {
    await mesh.startBroker({
      routes: {
        web: { sends: ["get", "tell"], receives: ["got"] },
        users: { sends: ["got"], receives: ["get", "tell"] },
      },
    });
    const [sidecar, service] = await Promise.all([mesh.startSidecar("web"), mesh.startService("users")]);
    web = sidecar;
    users = service.app;
    usersSidecar = service.sidecar;
  });
  afterEach(() => mesh.stop());

  it("lets its app answer what it has, and ends with 0", async () => {
    const finish = Promise.withResolvers<void>();
    users.on("get", async ({ message }) => {
      await finish.promise;
      // Its sidecar still takes what the app has to say.
      await send(usersSidecar.edge, "got", '"in time"', { "exo-response-to": message.id });
      return undefined;
    });
    const asked = ask(web.edge, "get", "1");
    await users.delivery("get");
    const stopped = usersSidecar.stop();
    await usersSidecar.answers(`${usersSidecar.admin}/readyz`, 503);
    finish.resolve();
    const { status, json } = await asked;
    assert.deepEqual([status, json.payload], [200, "in time"]);
    const { code, signal } = await stopped;
    assert.deepEqual([code, signal], [0, null]);
    assert.deepEqual(
      ["draining", "drained"].map((text) => usersSidecar.logged(text).length),
      [1, 1],
    );
  });

  it("takes no more work: that waits for the next instance", async () => {
    const finish = Promise.withResolvers<void>();
    users.on("tell", async () => {
      await finish.promise;
      return undefined;
    });
    await send(web.edge, "tell", "1");
    await users.delivery("tell");
    const stopped = usersSidecar.stop();
    await usersSidecar.answers(`${usersSidecar.admin}/readyz`, 503);
    await send(web.edge, "tell", "2");
    finish.resolve();
    await stopped;
    const { app } = await mesh.startService("users");
    assert.equal((await app.delivery("tell")).message.payload, 2);
    assert.equal(users.received("tell").length, 1);
  });

  it("lets its app have the answer to a request that is on its way", async () => {
    const finish = Promise.withResolvers<void>();
    users.on("get", async () => {
      await finish.promise;
      return { reply: { name: "got", payload: "in time" } };
    });
    const asked = ask(web.edge, "get", "1");
    await users.delivery("get");
    const stopped = web.stop();
    await web.answers(`${web.admin}/readyz`, 503);
    finish.resolve();
    assert.equal((await asked).json.payload, "in time");
    assert.equal((await stopped).code, 0);
  });

  it("ends with 1 if its app is not done within the grace", async () => {
    const { app, sidecar } = await mesh.startService("users", { args: ["--grace", "300ms"] });
    await usersSidecar.stop();
    app.on("tell", () => new Promise(() => {}));
    await send(web.edge, "tell", "1");
    await app.delivery("tell");
    assert.equal((await sidecar.stop()).code, 1);
    const lost = 'exocom_delivered_total{role="users",name="tell",outcome="handler_failed"}';
    await eventually("the loss is counted", async () => (await metricOf(mesh.broker.admin, lost)) === 1);
  });

  it("ends a request that its app was at with HANDLER_FAILED at once, where it is killed instead", async () => {
    users.on("get", () => new Promise(() => {}));
    const asked = ask(web.edge, "get", "1", { "exo-deadline": "1h" });
    await users.delivery("get");
    await usersSidecar.kill();
    const { status, json } = await asked;
    assert.deepEqual([status, json.reason], [502, "HANDLER_FAILED"]);
  });

  it("does not keep a broker from ending, which ends with 0", async () => {
    const { code, signal } = await mesh.broker.stop();
    assert.deepEqual([code, signal], [0, null]);
    await web.logs("the broker asks to attach elsewhere");
    await web.logs("ended the connection");
  });
});
