import assert from "node:assert/strict";
import { eventually } from "@exosphere/testkit";
import { ExocomProcess } from "@exosphere/testkit/exocom-process";
import { InboxClient } from "@exosphere/testkit/inbox-client";
import { Mesh } from "@exosphere/testkit/mesh";
import { ask, send } from "@exosphere/testkit/messages";
import { RawWebSocket } from "@exosphere/testkit/raw-websocket";
import { sendingForms } from "./sending.ts";

const routes = {
  web: { sends: ["step", "get", "tell"], receives: ["got"] },
  users: { receives: ["step", "get"], sends: ["got"] },
  absent: { receives: ["tell"] },
  stuck: { receives: ["tell"] },
  idle: { receives: ["tell"] },
  live: { receives: ["tell"] },
};

/** An instance of a role on the all-in-one: by an inbox, or by a WebSocket that settles for itself. */
interface Instance {
  readonly form: string;
  readonly got: () => { readonly activityId: string; readonly payload: unknown }[];
  stop(): Promise<void>;
}

describe("Instances on the all-in-one", function () {
  this.timeout(60_000);
  const mesh = new Mesh();
  let exocom: ExocomProcess;

  before(async () => {
    exocom = mesh.keep(await ExocomProcess.start({ routes }));
  });
  after(() => mesh.stop());

  const instances = async (role: string, count: number) =>
    eventually(`${count} instances of ${role}`, async () => {
      const { clients } = await exocom.config();
      const found = (clients as { role: string; instances: number }[]).find((client) => client.role === role);
      return (found?.instances ?? 0) === count;
    });

  async function inbox(role = "users", path?: string): Promise<InboxClient> {
    const client = mesh.keep(await InboxClient.open(exocom.port, { "exo-role": role }, path));
    assert.equal(client.status, 200);
    return client;
  }

  async function inboxInstance(): Promise<Instance> {
    const client = await inbox();
    client.settleAll();
    return { form: "inbox", got: () => client.events.map(({ message }) => message), stop: () => client.stop() };
  }

  async function socketInstance(): Promise<Instance> {
    const socket = mesh.keep(await exocom.service("users"));
    const got = () => socket.messages as unknown as ReturnType<Instance["got"]>;
    return { form: "WebSocket", got, stop: () => socket.stop() };
  }

  for (const [what, first, second] of [
    ["two inboxes", inboxInstance, inboxInstance],
    ["an inbox and a WebSocket", inboxInstance, socketInstance],
    ["two WebSockets", socketInstance, socketInstance],
  ] as const) {
    it(`share the work as ${what}, but no activity, and who leaves hands over`, async () => {
      const pair = [await first(), await second()] as const;
      await instances("users", 2);
      const activities = Array.from({ length: 20 }, (_, nth) => `${what} ${nth}`);
      const round = async (payload: number) => {
        const [form] = sendingForms;
        const messages = activities.map((activityId) => ({ name: "step", payload: String(payload), activityId }));
        assert.deepEqual(await form?.send(exocom.port, "web", messages), []);
        await eventually("all have come", () => {
          const all = pair.flatMap(({ got }) => got());
          return all.filter((message) => message.payload === payload).length === activities.length;
        });
      };
      for (const payload of [1, 2, 3]) await round(payload);
      const kept = pair.map(({ got }) => new Set(got().map(({ activityId }) => activityId)));
      // A WebSocket that settles nothing has nothing in flight, so that one may do for all.
      if (first === inboxInstance) assert.ok(kept.every(({ size }) => size > 0));
      assert.equal((kept[0]?.size ?? 0) + (kept[1]?.size ?? 0), activities.length, "none has an activity of the other");
      await pair[0].stop();
      await instances("users", 1);
      await round(4);
      assert.equal(pair[1].got().filter(({ payload }) => payload === 4).length, activities.length);
      await pair[1].stop();
      await instances("users", 0);
    });
  }

  it("delay nobody by being absent, stuck, or slow to settle", async () => {
    const stuck = mesh.keep(await RawWebSocket.register(exocom.port, "stuck"));
    const idle = await inbox("idle", "/v1/inbox?concurrency=1");
    const live = await inbox("live");
    await instances("live", 1);
    live.settleAll();
    stuck.pause();
    const payload = JSON.stringify("x".repeat(50_000));
    for (const { form, send: by } of sendingForms) {
      const before = live.events.length;
      const messages = Array.from({ length: 50 }, () => ({ name: "tell", payload, activityId: form }));
      assert.deepEqual(await by(exocom.port, "web", messages), [], form);
      await eventually(`all for the live one by ${form}`, () => live.events.length === before + 50);
    }
    assert.equal(idle.events.length, 1);
    assert.ok(stuck.texts.length < live.events.length);
    assert.equal(stuck.isClosed, false);
    await Promise.all([stuck.stop(), idle.stop(), live.stop()]);
  });

  it("know each inbox by its role alone, and what is wrong with a call of it", async () => {
    const refused = async (headers: Record<string, string>) => {
      const response = await fetch(`${exocom.edge}/v1/inbox`, { headers });
      const { reason, detail } = (await response.json()) as { reason: string; detail: string };
      return [response.status, reason, /absent, idle, live, stuck, users, web/.test(detail)];
    };
    assert.deepEqual(await refused({}), [400, "INVALID_MESSAGE", true]);
    assert.deepEqual(await refused({ "exo-role": "nobody" }), [403, "NOT_ALLOWED", true]);
    const client = await inbox();
    const answer = ask(exocom.edge, "get", "1", { "exo-role": "web" });
    const { id, message } = await client.event();
    const headers = { "exo-role": "users", "exo-response-to": message.id };
    assert.equal((await send(exocom.edge, "got", '"hi"', headers)).status, 202);
    assert.equal((await client.settle(id)).status, 204);
    assert.equal((await client.settle(id)).status, 404);
    assert.deepEqual([(await answer).status, (await answer).json.payload], [200, "hi"]);
    await client.stop();
  });
});

describe("Who is not the security service, on the all-in-one", function () {
  this.timeout(30_000);
  const mesh = new Mesh();
  after(() => mesh.stop());

  it("gives no verdict, and is no other sender, in any form", async () => {
    const held = { web: { sends: ["enter"], receives: [] }, users: { receives: ["enter"], sends: [] }, security: {} };
    const exocom = mesh.keep(await ExocomProcess.start({ routes: held }));
    const security = mesh.keep(await exocom.service("security"));
    const users = mesh.keep(await exocom.service("users"));
    for (const [nth, { form, send: by }] of sendingForms.entries()) {
      const entering = by(exocom.port, "web", [{ name: "enter", payload: String(nth) }]);
      const question = await security.message("authorize message", nth + 1);
      const { payload, activityId } = question as unknown as { payload: Record<string, unknown>; activityId: string };
      assert.deepEqual([payload.sender, payload.isSecurity], ["web", false], form);
      for (const other of sendingForms) {
        const refused = await other.send(exocom.port, "web", [
          { name: "message authorized", payload: "{}", activityId },
        ]);
        assert.equal(refused.length, 1, `${other.form} authorises what came by ${form}`);
      }
      assert.equal(users.texts.length, nth);
      security.send({ name: "message authorized", activityId, sender: "security" });
      assert.deepEqual(await entering, [], form);
      await users.message("enter", nth + 1);
    }
  });
});
