import assert from "node:assert/strict";
import { BrokerProcess, eventually } from "@exosphere/testkit";
import { assertNoFalseReplies, assertSeenOnce } from "@exosphere/testkit/accounts";
import type { AppUnderTest } from "@exosphere/testkit/app-under-test";
import { assertAnswered, Load, overHttp, overSdk, tallyOf } from "@exosphere/testkit/load";
import { ask } from "@exosphere/testkit/messages";
import type { SidecarProcess } from "@exosphere/testkit/sidecar-process";
import { SdkMesh } from "../sdk/sdk-mesh.ts";

const routes = {
  web: { sends: ["get", "tell"], receives: ["got"] },
  mobile: { sends: ["get", "tell"], receives: ["got"] },
  users: { sends: ["got"], receives: ["get", "tell"] },
};
const deadlineMs = 4_000;

describe("A broker under load", function () {
  this.timeout(40_000);
  let mesh: SdkMesh;
  let broker: BrokerProcess;
  let web: SidecarProcess;
  let users: AppUnderTest;

  before(async () => {
    mesh = new SdkMesh();
    broker = await mesh.startBroker({ routes });
    let service: Awaited<ReturnType<SdkMesh["startService"]>>;
    [web, service] = await Promise.all([
      mesh.startSidecar("web"),
      mesh.startService("users"),
      mesh.startSocketSidecar("mobile"),
    ]);
    users = service.app;
    users.on("get", async ({ message }) => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      return { reply: { name: "got", payload: message.payload } };
    });
  });
  after(() => mesh.stop());

  it("that is killed and started again leaves no call without an answer, and hands nothing to an app twice", async () => {
    const calling = { send: "tell", request: "get", deadlineMs };
    const load = mesh.keep(new Load(overHttp(web.edge, calling)));
    const sdk = mesh.keep(new Load(overSdk(mesh.connect("mobile"), calling)));
    for (const each of [load, sdk]) each.steady(100);
    await Promise.all([load.goesOn(), sdk.goesOn()]);
    for (let time = 0; time < 2; time += 1) {
      await broker.kill();
      broker = mesh.keep(await BrokerProcess.start({ routes, port: broker.port }));
      await Promise.all([load.goesOn(), sdk.goesOn()]);
    }

    const calls = [...(await load.ended()), ...(await sdk.ended())];
    assertAnswered(calls, deadlineMs);
    assertSeenOnce([users]);
    assertNoFalseReplies(calls, [users]);
    assert.ok(
      calls.some(({ status }) => status >= 500),
      JSON.stringify(tallyOf(calls)),
    );
    const { status } = await ask(web.edge, "get", "1");
    assert.equal(status, 200);
  });

  it("that is suspended and goes on leaves no call without an answer, and hands nothing to an app twice", async () => {
    users.deliveries.length = 0;
    const load = mesh.keep(new Load(overHttp(web.edge, { send: "tell", request: "get", deadlineMs: 1_000 })));
    load.steady(100);
    await load.goesOn();
    broker.suspend();
    await eventually("calls were given up", () => load.calls.some(({ status }) => status >= 500));
    broker.resume();
    await load.goesOn();

    const calls = await load.ended();
    assertAnswered(calls, 1_000);
    assertSeenOnce([users]);
    assertNoFalseReplies(calls, [users]);
  });
});
