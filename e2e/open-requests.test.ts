import assert from "node:assert/strict";
import { eventually, metricOf } from "@exosphere/testkit";
import { Mesh } from "@exosphere/testkit/mesh";
import { ask } from "@exosphere/testkit/messages";

describe("Open requests", () => {
  const mesh = new Mesh();
  after(() => mesh.stop());

  it("are bounded: beyond it the app is told to slow down, and may ask again once one is answered", async () => {
    await mesh.startBroker({
      routes: { web: { sends: ["get"], receives: ["got"] }, users: { sends: ["got"], receives: ["get"] } },
    });
    const web = await mesh.startSidecar("web", { args: ["--max-open-requests", "1"] });
    const { app } = await mesh.startService("users");
    let answer = () => {};
    const told = new Promise<void>((resolve) => {
      answer = resolve;
    });
    app.on("get", async () => {
      await told;
      return { reply: { name: "got" } };
    });
    const first = ask(web.edge, "get");
    await app.delivery("get");
    const { status, json, headers } = await ask(web.edge, "get");
    assert.deepEqual([status, json.reason, json.limit, headers.get("retry-after")], [429, "RATE_LIMITED", 1, "1"]);
    answer();
    assert.equal((await first).status, 200);
    await eventually("another", async () => (await ask(web.edge, "get")).status === 200);
    assert.equal(await metricOf(web.admin, "exo_sidecar_open_requests"), 0);
  });
});
