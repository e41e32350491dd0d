import assert from "node:assert/strict";
import { createServer } from "node:http";
import { freePorts } from "@exosphere/process";
import { eventually } from "@exosphere/testkit";
import { Mesh } from "@exosphere/testkit/mesh";
import { ask, send } from "@exosphere/testkit/messages";
import type { SidecarProcess } from "@exosphere/testkit/sidecar-process";

const routes = {
  web: { sends: ["get", "tell"], receives: ["got"] },
  users: { sends: ["got"], receives: ["get", "tell"] },
};

async function hold({ admin }: SidecarProcess, held: unknown): Promise<{ status: number; state: unknown }> {
  const response = await fetch(`${admin}/deliveries`, { method: "PUT", body: JSON.stringify({ held }) });
  return { status: response.status, state: await response.json() };
}

describe("deliveries that are held back", function () {
  this.timeout(60_000);
  const mesh = new Mesh();
  after(() => mesh.stop());

  it("wait in their order while the app is exchanged, and none is lost", async () => {
    await mesh.startBroker({ routes });
    const web = await mesh.startSidecar("web");
    const { app, sidecar } = await mesh.startService("users", { args: ["--grace", "10m"] });
    const begun = Promise.withResolvers<void>();
    const end = Promise.withResolvers<void>();
    app.on("get", async ({ message }) => {
      begun.resolve();
      await end.promise;
      return { reply: { name: "got", payload: message.payload } };
    });
    const first = ask(web.edge, "get", "0");
    await begun.promise;
    let isHeld = false;
    const holding = hold(sidecar, true).then((answer) => {
      isHeld = true;
      return answer;
    });
    await eventually("it is held", async () => {
      const response = await fetch(`${sidecar.admin}/deliveries`);
      return ((await response.json()) as { held: boolean }).held;
    });
    const holdingToo = hold(sidecar, true);
    const others = Array.from({ length: 100 }, (_, index) => ask(web.edge, "get", String(index + 1)));
    await send(web.edge, "tell", '"1"', { "exo-activity-id": "one" });
    await send(web.edge, "tell", '"2"', { "exo-activity-id": "one" });
    assert.equal(isHeld, false, "the app still has a delivery");
    end.resolve();
    assert.deepEqual(await holding, { status: 200, state: { held: true, underWay: 0 } });
    assert.deepEqual(await holdingToo, await holding);
    assert.deepEqual((await first).json.payload, 0);
    assert.match(await (await fetch(`${sidecar.admin}/readyz`)).text(), /held back until PUT \/deliveries/);
    assert.equal(app.deliveries.length, 1);
    assert.deepEqual(await hold(sidecar, false), { status: 200, state: { held: false, underWay: 0 } });
    const payloads = (await Promise.all(others)).map(({ json }) => json.payload);
    assert.deepEqual(
      payloads,
      Array.from({ length: 100 }, (_, index) => index + 1),
    );
    const told = () =>
      app.deliveries.filter(({ message }) => message.name === "tell").map(({ message }) => message.payload);
    await eventually("both are told", () => told().length === 2);
    assert.deepEqual(told(), ["1", "2"]);
    assert.equal((await hold(sidecar, "yes")).status, 400);
  });

  it("reach an app that comes up while they are held back, and none was there before", async () => {
    const [port = 0] = await freePorts(1);
    await mesh.startBroker({ routes });
    const web = await mesh.startSidecar("web");
    const sidecar = await mesh.startSidecar("users", { args: ["--app", `http://127.0.0.1:${port}`] });
    assert.equal((await hold(sidecar, true)).status, 200);
    const app = createServer((request, response) => {
      request.resume().on("end", () => {
        response.setHeader("content-type", "application/json");
        response.end('{"reply":{"name":"got"}}');
      });
    }).listen(port, "127.0.0.1");
    try {
      const asked = ask(web.edge, "get", "1");
      const isFound = async () =>
        /^exo_sidecar_app_reachable\S* 1$/m.test(await (await fetch(`${sidecar.admin}/metrics`)).text());
      // Long enough for several looks at the port, if there were any.
      await eventually("it is found too early", isFound, 500).catch(() => {});
      assert.equal((await hold(sidecar, false)).status, 200);
      assert.equal((await asked).json.name, "got");
    } finally {
      app.closeAllConnections();
      app.close();
    }
  });
});
