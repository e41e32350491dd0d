import assert from "node:assert/strict";
import { eventually } from "@exosphere/testkit";
import type { AppUnderTest } from "@exosphere/testkit/app-under-test";
import { ExocomProcess } from "@exosphere/testkit/exocom-process";
import { InboxClient } from "@exosphere/testkit/inbox-client";
import { Mesh } from "@exosphere/testkit/mesh";
import { ask, send } from "@exosphere/testkit/messages";
import { messagesOf, type Receiver, receivingRoles, startReceivers } from "./receiving.ts";
import { type SendingForm, sendingForms } from "./sending.ts";

const routesWith = (roles: readonly string[]) => ({
  web: { sends: roles.flatMap((role) => [`get ${role}`, `tell ${role}`]), receives: ["got"] },
  ...Object.fromEntries(roles.map((role) => [role, { receives: [`get ${role}`, `tell ${role}`], sends: ["got"] }])),
});

/** The forms in which the app of a receiver may send beside: a WebSocket would be a second kind of consumer. */
const formsFor = ({ form }: Receiver, all = sendingForms) =>
  all.filter((sending) => !sending.form.includes("WebSocket") || form.includes("WebSocket"));

/** The last message of a receiver, once it has this name. */
const lastOf = (receiver: Receiver, name: string) =>
  eventually(`'${name}' at ${receiver.form}`, () => {
    const last = messagesOf(receiver).at(-1);
    return last?.name === name && last;
  });

describe("A message with nothing but an activityId", function () {
  this.timeout(60_000);
  const mesh = new Mesh();
  let receivers: Receiver[];
  let webEdge: string;
  let web: AppUnderTest;

  before(async () => {
    await mesh.startBroker({ routes: routesWith(receivingRoles) });
    const service = await mesh.startService("web");
    [web, webEdge] = [service.app, service.sidecar.edge];
    receivers = await startReceivers(mesh);
  });
  after(() => mesh.stop());

  const reply = (receiver: Receiver, { send: by }: SendingForm, activityId: string) =>
    by(receiver.port, receiver.role, [{ name: "got", payload: '"mine"', activityId }]);

  it("is the reply to the request that was delivered in it, whichever way both go", async () => {
    for (const receiver of receivers) {
      for (const form of formsFor(receiver)) {
        receiver.reset();
        const name = `get ${receiver.role}`;
        const answer = ask(webEdge, name, "1");
        const { id, activityId } = await lastOf(receiver, name);
        assert.deepEqual(await reply(receiver, form, activityId), []);
        const { status, json } = await answer;
        const got = [status, json.payload, json.responseTo];
        assert.deepEqual(got, [200, "mine", id], `${receiver.form}, ${form.form}`);
      }
    }
  });

  it("gets its responseTo as well where nobody waits, once for each delivery", async () => {
    for (const receiver of receivers) {
      for (const form of formsFor(receiver)) {
        receiver.reset();
        web.reset();
        const name = `tell ${receiver.role}`;
        await send(webEdge, name, "1", { "exo-auth": '{"user":7}' });
        const { id, activityId } = await lastOf(receiver, name);
        assert.deepEqual(await reply(receiver, form, activityId), []);
        assert.deepEqual(await reply(receiver, form, activityId), []);
        await web.delivery("got", 2);
        const got = web.received("got").map(({ message }) => [message.responseTo, message.auth]);
        assert.deepEqual(got, [[id, { user: 7 }], [undefined, null]], `${receiver.form}, ${form.form}`); // biome-ignore format: one line
      }
    }
  });
});

describe("A message with nothing but an activityId, on the all-in-one", function () {
  this.timeout(60_000);
  const mesh = new Mesh();
  let exocom: ExocomProcess;
  let receivers: Receiver[];

  before(async () => {
    exocom = mesh.keep(await ExocomProcess.start({ routes: routesWith(["inboxed", "socketed"]) }));
    const inbox = mesh.keep(await InboxClient.open(exocom.port, { "exo-role": "inboxed" }));
    inbox.settleAll();
    const socket = mesh.keep(await exocom.service("socketed"));
    const { port } = exocom;
    receivers = [
      { form: "GET /v1/inbox", role: "inboxed", port, texts: () => inbox.events.map(({ data }) => data), reset() {} },
      { form: "WebSocket", role: "socketed", port, texts: () => socket.texts, reset() {} },
    ];
  });
  after(() => mesh.stop());

  // Another WebSocket is another instance, and has received nothing.
  const overHttp = sendingForms.filter(({ form }) => !form.includes("WebSocket"));

  it("is the reply although it goes over HTTP, and the request came by a connection", async () => {
    for (const receiver of receivers) {
      for (const { form, send: by } of overHttp) {
        const name = `get ${receiver.role}`;
        const before = receiver.texts().length;
        const answer = ask(exocom.edge, name, "1");
        await eventually("the request", () => receiver.texts().length > before);
        const { id, activityId } = await lastOf(receiver, name);
        assert.deepEqual(await by(exocom.port, receiver.role, [{ name: "got", payload: '"mine"', activityId }]), []);
        const { status, json } = await answer;
        assert.deepEqual([status, json.payload, json.responseTo], [200, "mine", id], `${receiver.form}, ${form}`);
      }
    }
  });
});
