import assert from "node:assert/strict";
import { packageVersion } from "@exosphere/process";
import { metricsOf } from "@exosphere/testkit";
import type { AppUnderTest } from "@exosphere/testkit/app-under-test";
import { Mesh } from "@exosphere/testkit/mesh";
import { ask, send } from "@exosphere/testkit/messages";
import type { SidecarProcess } from "@exosphere/testkit/sidecar-process";

describe("The metrics of a sidecar", () => {
  const mesh = new Mesh();
  let web: SidecarProcess;
  let users: AppUnderTest;
  let usersSidecar: SidecarProcess;

  before(async () => {
    await mesh.startBroker({
      routes: {
        web: { sends: ["get", 'an "odd" \\ name', "nobody"], receives: ["got"] },
        users: { sends: ["got"], receives: ["get", 'an "odd" \\ name'] },
      },
    });
    const [sidecar, service] = await Promise.all([mesh.startSidecar("web"), mesh.startService("users")]);
    web = sidecar;
    users = service.app;
    usersSidecar = service.sidecar;
    users.on("get", () => ({ reply: { name: "got" } }));
    await ask(web.edge, "get", "1");
    await ask(web.edge, "get", "2");
    await send(web.edge, 'an "odd" \\ name', "3");
    await users.delivery('an "odd" \\ name');
    await send(web.edge, "nobody", "4");
    for (let index = 0; index < 20; index += 1) await send(web.edge, `made up ${index}`, "5");
  });
  after(() => mesh.stop());

  const odd = 'name="an \\"odd\\" \\\\ name"';

  it("count what its app sends, by name and outcome", async () => {
    const metrics = await metricsOf(web.admin);
    assert.equal(metrics.get('exo_sidecar_sent_total{name="get",outcome="ok"}'), 2);
    assert.equal(metrics.get(`exo_sidecar_sent_total{${odd},outcome="ok"}`), 1);
    assert.equal(metrics.get('exo_sidecar_sent_total{name="nobody",outcome="no_receivers"}'), 1);
  });

  it("count what its app is given, by name and outcome", async () => {
    const metrics = await metricsOf(usersSidecar.admin);
    assert.equal(metrics.get('exo_sidecar_received_total{name="get",outcome="ok"}'), 2);
    assert.equal(metrics.get(`exo_sidecar_received_total{${odd},outcome="ok"}`), 1);
  });

  it("have the time of requests and of the app, in seconds", async () => {
    const [asking, answering] = [await metricsOf(web.admin), await metricsOf(usersSidecar.admin)];
    for (const [metrics, name, times] of [
      [asking, "exo_sidecar_request_seconds", 2],
      [answering, "exo_sidecar_app_seconds", 2],
    ] as const) {
      assert.equal(metrics.get(`${name}_count{name="get"}`), times);
      assert.equal(metrics.get(`${name}_bucket{name="get",le="+Inf"}`), times);
      const sum = Number(metrics.get(`${name}_sum{name="get"}`));
      assert.ok(sum > 0 && sum < 10, String(sum));
    }
  });

  it("show whether it is attached and whether its app is there", async () => {
    const metrics = await metricsOf(usersSidecar.admin);
    assert.equal(metrics.get("exo_sidecar_connected"), 1);
    assert.equal(metrics.get("exo_sidecar_app_reachable"), 1);
  });

  it("never have a name that the routes lack", async () => {
    const metrics = await metricsOf(web.admin);
    assert.equal(metrics.get('exo_sidecar_sent_total{name="unknown",outcome="not_allowed"}'), 20);
    assert.ok([...metrics.keys()].every((sample) => !sample.includes("made up")));
    const atBroker = await metricsOf(mesh.broker.admin);
    assert.ok([...atBroker.keys()].every((sample) => !sample.includes("made up")));
  });

  it("come with those of the process and of Node, and the version", async () => {
    const metrics = await metricsOf(web.admin);
    assert.equal(metrics.get(`exo_build_info{version="${packageVersion(import.meta.url)}"}`), 1);
    assert.ok(Number(metrics.get("process_resident_memory_bytes")) > 0);
    assert.ok(metrics.has("nodejs_eventloop_lag_seconds"));
  });
});
