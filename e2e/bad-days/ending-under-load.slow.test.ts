import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { ProcessUnderTest } from "@exosphere/testkit";
import { BrokerProcess, eventually } from "@exosphere/testkit";
import { accountOf, type Seen, seenBy, settledAccount, unseen } from "@exosphere/testkit/accounts";
import { assertAnswered, type Call, Load, overHttp, overSdk, tallyOf } from "@exosphere/testkit/load";
import type { SidecarProcess } from "@exosphere/testkit/sidecar-process";
import { SdkMesh } from "../sdk/sdk-mesh.ts";

const routes = {
  web: { sends: ["get", "tell"], receives: ["got"] },
  users: { sends: ["got"], receives: ["get", "tell"] },
};
const program = fileURLToPath(new URL("../kit/src/slow-program.js", import.meta.url));
const deadlineMs = 15_000;
const calling = { send: "tell", request: "get", deadlineMs };
/** Calls that are under way when something is told to end. */
const many = 1_000;

describe("With 1,000 calls under way, SIGTERM", function () {
  this.timeout(40_000);
  let mesh: SdkMesh;
  let web: SidecarProcess;
  let load: Load;

  beforeEach(async () => {
    mesh = new SdkMesh();
    await mesh.startBroker({ routes });
    web = await mesh.startSocketSidecar("web");
    load = mesh.keep(new Load(overHttp(web.edge, calling)));
  });
  afterEach(() => mesh.stop());

  /** A sidecar that starts its app. */
  const startUsers = () => mesh.startSidecar("users", { args: ["--", process.execPath, program] });

  /** Has the calls made, and waits until the broker has accepted all of them. */
  const begin = async (): Promise<void> => {
    load.burst(many);
    await eventually("all are on the bus", async () => (await accepted("tell")) + (await accepted("get")) === many);
  };

  const accepted = async (name: string) => (await accountOf(mesh.broker.admin, "web", "users", name)).accepted;

  const assertEndsWell = async (ending: ProcessUnderTest): Promise<void> => {
    process.kill(ending.pid, "SIGTERM");
    const { code, signal } = await ending.exited;
    assert.deepEqual([code, signal], [0, null], ending.stdout.slice(-5).join("\n"));
  };

  /** No false 2xx: what was confirmed was seen or is accounted for, and every reply has its message. */
  const assertHeld = async (calls: readonly Call[], seen: () => Seen): Promise<void> => {
    assertAnswered(calls, deadlineMs);
    const { ended } = await settledAccount(mesh.broker.admin, "web", "users", "tell");
    const { ok: _, retry: __, ...losses } = ended;
    const accounted = Object.values(losses).reduce((sum, count) => sum + count, 0);
    // What the apps say takes a moment to get here.
    await eventually(
      `confirmed ones were seen or are accounted for: ${JSON.stringify([tallyOf(calls), losses])}`,
      () => unseen(calls, 202, seen()).length <= accounted && unseen(calls, 200, seen()).length === 0,
    );
    assert.deepEqual(seen().twice, []);
  };

  it("of the sender's sidecar leaves each of them answered", async () => {
    const users = await startUsers();
    await begin();
    await assertEndsWell(web);
    const calls = await load.ended();
    await assertHeld(calls, () => seenBy(users));
    assert.deepEqual(tallyOf(calls), { "send 202": many / 2, "request 200": many / 2 });
  });

  it("of the receiver's sidecar leaves the work to the next, and none of it is lost", async () => {
    const [one, other] = [await startUsers(), await startUsers()];
    await begin();
    await assertEndsWell(one);
    const calls = await load.ended();
    await assertHeld(calls, () => seenBy(one, other));
    assert.deepEqual(tallyOf(calls), { "send 202": many / 2, "request 200": many / 2 });
    await eventually("each was seen", () => unseen(calls, 202, seenBy(one, other)).length === 0);
  });

  it("of the app leaves each of them answered, and its sidecar starts it again", async () => {
    const users = await startUsers();
    await begin();
    const [, pid] = /^app online (\d+)$/.exec(users.stdout.find((line) => line.startsWith("app online")) ?? "") ?? [];
    process.kill(Number(pid), "SIGTERM");
    await eventually("it is back", () => users.stdout.filter((line) => line.startsWith("app online")).length === 2);
    const calls = await load.ended();
    await assertHeld(calls, () => seenBy(users));
  });

  it("of the broker leaves each of them answered, and the next one goes on", async () => {
    const users = await startUsers();
    await begin();
    await assertEndsWell(mesh.broker);
    mesh.keep(await BrokerProcess.start({ routes, port: mesh.broker.port }));
    const calls = await load.ended();
    assertAnswered(calls, deadlineMs);
    assert.deepEqual(seenBy(users).twice, []);
    assert.deepEqual(unseen(calls, 200, seenBy(users)), []);
    load.burst(2);
    assert.deepEqual(
      (await load.ended())
        .slice(-2)
        .map(({ status }) => status)
        .sort(),
      [200, 202],
    );
  });

  it("of an app with the SDK leaves the work to the next, and none of it is lost", async () => {
    await mesh.startSocketSidecar("users");
    const entry = new URL("../sdk/slow-app.fixture.ts", import.meta.url);
    const one = await mesh.startSdkApp("users", entry);
    await begin();
    await assertEndsWell(one);
    const other = await mesh.startSdkApp("users", entry);
    const calls = await load.ended();
    await assertHeld(calls, () => seenBy(one, other));
    assert.deepEqual(tallyOf(calls), { "send 202": many / 2, "request 200": many / 2 });
    await eventually("each was seen", () => unseen(calls, 202, seenBy(one, other)).length === 0);
  });

  it("of the sidecar of a sender with the SDK leaves each of them answered", async () => {
    const users = await startUsers();
    load = mesh.keep(new Load(overSdk(mesh.connect("web"), calling)));
    await begin();
    await assertEndsWell(web);
    await mesh.startSocketSidecar("web");
    const calls = await load.ended();
    await assertHeld(calls, () => seenBy(users));
  });
});
