import assert from "node:assert/strict";
import { decodeEnvelope } from "@exosphere/frames";
import { type Client, connect, service } from "@exosphere/sdk";
import { eventually, metricOf } from "@exosphere/testkit";
import { BareInstance, type BareMessage } from "@exosphere/testkit/bare-instance";
import { ExocomProcess } from "@exosphere/testkit/exocom-process";
import { GatewayProcess } from "@exosphere/testkit/gateway-process";
import { InboxClient } from "@exosphere/testkit/inbox-client";
import { ask } from "@exosphere/testkit/messages";
import { RawWebSocket } from "@exosphere/testkit/raw-websocket";
import { SdkMesh } from "../sdk/sdk-mesh.ts";
import { messagesOf, type Receiver, receivingRoles, startReceivers } from "./receiving.ts";

const forged = '1,"name":"admin.delete","auth":{"user":"root"}';
const injection = Buffer.from(forged);
/** The auth that brings a message to a session of the gateway, which begins once that session is known. */
const addressed = (sessionId: string) => JSON.stringify({ sessionId });

/** What a role may put into a frame that none of our edges would let it say. */
const malformed: Readonly<Record<string, (auth: string) => BareMessage>> = {
  "a payload with further members": () => ({ payload: injection }),
  "two values as payload": () => ({ payload: Buffer.from("1 2") }),
  "a payload that is not UTF-8": () => ({ payload: Buffer.from([0x22, 0xff, 0x22]) }),
  "a payload that is cut off": () => ({ payload: Buffer.from('{"a":') }),
  "an auth with further members": (auth) => ({ auth: Buffer.from(`${auth},"name":"admin.delete"`) }),
  "an auth that is not JSON": () => ({ auth: Buffer.from("{") }),
  "an id with a line end": () => ({ id: Buffer.from('1\ndata: {"name":"admin.delete"}\n\n') }),
  "an id that is too long": () => ({ id: Buffer.from("x".repeat(256)) }),
  "no id": () => ({ id: Buffer.alloc(0) }),
  "an id of a reply with a control character": () => ({ responseTo: Buffer.from("\u001b[2J") }),
  "an activity id with a carriage return": () => ({ activityId: Buffer.from("a\rb") }),
};

const kinds = Object.values(malformed);

/** Publishes each kind of malformed message, and behind them one that is well. */
async function publishAll(rogue: BareInstance, auth: string): Promise<void> {
  const well = { payload: Buffer.from('"well"'), auth: Buffer.from(auth) };
  for (const kind of kinds) assert.equal(await rogue.publish("told", { auth: well.auth, ...kind(auth) }), undefined);
  assert.equal(await rogue.publish("told", well), undefined);
}

describe("Malformed messages of a role that attaches by itself", function () {
  this.timeout(90_000);
  const mesh = new SdkMesh();
  const sdkRoles = ["behind", "straight"] as const;
  const routes = {
    rogue: { sends: ["told", "answered"], receives: ["ask"] },
    asking: { sends: ["ask"], receives: ["answered"] },
    sdk: { sends: ["ask"], receives: ["answered"] },
    clients: { sends: ["ask"], receives: ["told", "answered"] },
    ...Object.fromEntries([...receivingRoles, ...sdkRoles].map((role) => [role, { sends: [], receives: ["told"] }])),
  };
  const handled: Record<string, unknown[]> = { behind: [], straight: [] };
  let receivers: Receiver[];
  let rogue: BareInstance;
  let gateway: GatewayProcess;
  let asking: string;
  let sdk: Client;

  before(async () => {
    await mesh.startBroker({ routes });
    const { port } = mesh.broker;
    [receivers, rogue, gateway, asking] = await Promise.all([
      startReceivers(mesh),
      BareInstance.attach(port, "rogue", 10),
      GatewayProcess.start({ role: "clients", broker: port, sends: ["ask"], receives: ["told", "answered"] }),
      mesh.startSidecar("asking").then(({ edge }) => edge),
      mesh.startSocketSidecar("behind"),
    ]);
    mesh.keep(rogue);
    mesh.keep(gateway);
    mesh.play("behind", { told: ({ payload }) => void handled.behind?.push(payload) });
    const straight = service(
      "straight",
      { told: ({ payload }) => void handled.straight?.push(payload) },
      { broker: `127.0.0.1:${port}`, signals: false, log: mesh.log },
    );
    mesh.keep({ stop: async () => straight.close() });
    sdk = connect({ role: "sdk", broker: `127.0.0.1:${port}`, log: mesh.log });
    mesh.keep({ stop: async () => sdk.close() });
    await Promise.all([straight.ready(), sdk.ready()]);
  });
  after(() => mesh.stop());

  it("reach nobody by any way out of the bus, are dead for it, and hold up nothing", async () => {
    const socket = await RawWebSocket.upgrade(Number(new URL(gateway.edge).port), {}, "/v1/socket");
    const client = socket.client as RawWebSocket;
    mesh.keep(client);
    client.send({ type: "connect" });
    const welcome = (await eventually("the welcome", () => client.messages[0])) as {
      session: string;
      sessionId: string;
    };
    const payloadsIn = (texts: readonly string[]) =>
      texts.filter((text) => text.includes('"told"')).map((text) => (JSON.parse(text) as { payload: unknown }).payload);
    await publishAll(rogue, addressed(welcome.sessionId));
    await eventually("the one that is well on a WebSocket of the gateway", () => payloadsIn(client.texts).length > 0);
    // The stream takes the place of the WebSocket.
    const events = mesh.keep(await openEvents(gateway.edge, welcome.session));
    await publishAll(rogue, addressed(welcome.sessionId));
    await eventually("and on an event stream", () => payloadsIn(events.texts).length > 1);
    await eventually("in every form", () => receivers.every(({ texts }) => texts().length > 1), 30_000);
    await eventually("and for the SDK", () => sdkRoles.every((role) => (handled[role]?.length ?? 0) > 1));

    const dead = (role: string) =>
      metricOf(mesh.broker.admin, `exocom_delivered_total{role="${role}",name="told",outcome="dead"}`);
    for (const role of [...receivingRoles, ...sdkRoles, "clients"])
      await eventually(`all others are dead for ${role}`, async () => (await dead(role)) === 2 * kinds.length);
    const wells = ["well", "well"];
    for (const receiver of receivers)
      assert.deepEqual(
        messagesOf(receiver).map(({ name, payload }) => [name, payload]),
        wells.map((payload) => ["told", payload]),
        receiver.form,
      );
    assert.deepEqual(handled, { behind: wells, straight: wells });
    // A stream without a last event id begins with what the session was given before.
    assert.deepEqual([payloadsIn(client.texts), payloadsIn(events.texts)], [["well"], wells]);
    assert.equal(await metricOf(gateway.admin, 'exo_gateway_pushed_total{outcome="dead"}'), 2 * kinds.length);
  });

  for (const [what, kind] of Object.entries(malformed)) {
    // The requester recognises the reply by its activity, which is missing then.
    if (what.includes("activity")) continue;
    it(`fail the request that they answer: ${what}`, async () => {
      const before = rogue.frames.flatMap(({ deliveries }) => deliveries).length;
      const [edge, clients, own] = [
        ask(asking, "ask", "1", { "exo-deadline": "20s" }),
        ask(gateway.edge, "ask", "1", { "exo-deadline": "20s" }),
        sdk.request("ask", 1, { deadlineMs: 20_000 }).then(
          () => "answered",
          (error: { reason: string }) => error.reason,
        ),
      ];
      for (const nth of [1, 2, 3]) {
        const { activityId, requester, replyRequest, envelope } = await rogue.delivery(before + nth);
        const responseTo = Buffer.from(decodeEnvelope(envelope).id);
        await rogue.publish("answered", { activityId, responseTo, ...kind("{}") }, { requester, replyRequest });
        rogue.write({ done: [before + nth] });
      }
      const answers = await Promise.all([edge, clients]);
      assert.deepEqual(
        answers.map(({ status, json }) => [status, json.reason]),
        [
          [502, "HANDLER_FAILED"],
          [502, "HANDLER_FAILED"],
        ],
      );
      assert.notEqual(await own, "answered");
    });
  }
});

describe("Malformed messages on the all-in-one", function () {
  this.timeout(60_000);
  const mesh = new SdkMesh();
  after(() => mesh.stop());

  it("reach neither WebSockets nor inboxes, and are not printed as lines of their own", async () => {
    const routes = {
      rogue: { sends: ["told"] },
      socketed: { receives: ["told"] },
      inboxed: { receives: ["told"] },
    };
    const exocom = mesh.keep(await ExocomProcess.start({ routes, args: ["--grpc-port", "0"] }));
    const port = Number(
      /"grpcPort":(\d+)/.exec(
        (await eventually("its ports", () => exocom.stderr.find((line) => line.includes("grpcPort")))) ?? "",
      )?.[1],
    );
    const socket = mesh.keep(await exocom.service("socketed"));
    const inbox = mesh.keep(await InboxClient.open(exocom.port, { "exo-role": "inboxed" }));
    const rogue = mesh.keep(await BareInstance.attach(port, "rogue"));
    await publishAll(rogue, "{}");
    await rogue.publish("told", {}, { envelope: Buffer.from("ffff", "hex") });
    await eventually("the one that is well", () => socket.texts.length > 0 && inbox.events.length > 0);
    await eventually("the one that is not even an envelope", () => exocom.count("(malformed)") > 0);
    assert.deepEqual(
      [socket.messages.map(({ payload }) => payload), inbox.events.map(({ message }) => message.payload)],
      [["well"], ["well"]],
    );
    assert.equal(inbox.raw.includes("admin.delete"), false);
  });
});

/** The event stream of a session of the gateway. */
async function openEvents(edge: string, session: string) {
  const cancel = new AbortController();
  const response = await fetch(`${edge}/v1/events`, { headers: { "exo-session": session }, signal: cancel.signal });
  const texts: string[] = [];
  const read = async () => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? [])
      texts.push(
        ...decoder
          .decode(chunk as Uint8Array)
          .split("\n")
          .filter((line) => line.startsWith("data: "))
          .map((line) => line.slice(6)),
      );
  };
  read().catch(() => {});
  return { texts, stop: async () => cancel.abort() };
}
