import assert from "node:assert/strict";
import { type Entry, fieldsFrom, fieldsTo, type ListedField } from "@exosphere/message/fields";
import { eventually } from "@exosphere/testkit";
import { sampleOf } from "@exosphere/testkit/field-samples";
import { ask, post, send } from "@exosphere/testkit/messages";
import { FieldsMesh, type Got, type ReceivingEnd, samplesOf } from "./fields-mesh.fixture.ts";

/** Said of a message itself, of which each has its own here. */
const ofMessage: readonly string[] = ["name", "payload"];

describe("Every field that a sender may set, by whatever way", function () {
  this.timeout(60_000);
  const mesh = new FieldsMesh();

  before(() => mesh.start());
  after(() => mesh.stop());

  const headers = (way: Entry) => samplesOf(fieldsFrom(way), "header") as Record<string, string>;

  /** Asserts that a receiver got these fields as they were sent, as far as it gets them at all. */
  function assertGot(sent: readonly ListedField[], { name: end, way }: Omit<ReceivingEnd, "got">, got: Got): void {
    for (const field of fieldsTo(way)) {
      if (ofMessage.includes(field.name) || !sent.includes(field)) continue;
      const { value, header } = sampleOf(field);
      const [key, expected] = way === "appHeaders" ? [field.header, header] : [field.json, value];
      assert.deepEqual(got[key ?? ""], expected, `${field.name} at ${end}`);
    }
  }

  async function assertAllGot(sent: readonly ListedField[], payload: unknown, ends: readonly ReceivingEnd[]) {
    for (const end of ends) assertGot(sent, end, await end.got(payload));
  }

  /** What clients send: the gateway passes on the id that a message replies to only where it gave the client that message. */
  const fromClients = (way: Entry) => fieldsFrom(way).filter(({ name }) => name !== "responseTo");

  it("gets from the headers of a request at a sidecar to every app", async () => {
    const { status, text } = await send(mesh.web.edge, "say", '"headers"', headers("appHeaders"));
    assert.equal(status, 202, text);
    await assertAllGot(fieldsFrom("appHeaders"), "headers", mesh.ends);
  });

  it("gets from a line of NDJSON, and from the headers above it, to every app", async () => {
    const line = (payload: string, more: object) => `${JSON.stringify({ name: "say", payload, ...more })}\n`;
    const fromHeaders = fieldsFrom("appHeaders").filter(({ name }) => name !== "id");
    const above = samplesOf(fromHeaders, "header") as Record<string, string>;
    const body = line("line", samplesOf(fieldsFrom("appJson"), "json")) + line("headed", {});
    const response = await fetch(`${mesh.web.edge}/v1/send`, { method: "POST", headers: above, body });
    const text = await response.text();
    assert.equal(text.includes("reason"), false, text);
    await assertAllGot([...fieldsFrom("appJson"), ...fieldsFrom("appHeaders")], "line", mesh.ends);
    await assertAllGot(fromHeaders, "headed", mesh.ends);
  });

  it("gets from a frame of an app's WebSocket to every app", async () => {
    mesh.webSocket.send({ name: "say", payload: "frame", ...samplesOf(fieldsFrom("appJson"), "json") });
    await assertAllGot(fieldsFrom("appJson"), "frame", mesh.ends);
  });

  it("gets from the body of the legacy API to every app", async () => {
    const body = { sender: "web", payload: "legacy", ...samplesOf(fieldsFrom("appJson"), "json") };
    const { status, text } = await post(`${mesh.web.edge}/send/say`, JSON.stringify(body));
    assert.equal(status, 200, text);
    await assertAllGot(fieldsFrom("appJson"), "legacy", mesh.ends);
  });

  it("gets from a reply in an app's answer to every app, and to the one that asked", async () => {
    const said = samplesOf(fieldsFrom("appReply"), "json");
    mesh.replier.on("poke", () => ({ reply: { name: "say", payload: "reply", ...said } }));
    await send(mesh.web.edge, "poke");
    await assertAllGot(fieldsFrom("appReply"), "reply", mesh.ends);
    mesh.replier.on("ask", () => ({ reply: { name: "answered", payload: "answer", ...said } }));
    const sent = fieldsFrom("appReply");
    const answer = await ask(mesh.web.edge, "ask");
    assertGot(sent, { name: "the answer of a sidecar", way: "appJson" }, answer.json);
    const answerToClient = await ask(mesh.gateway.edge, "ask");
    assertGot(sent, { name: "the answer of the gateway", way: "clientJson" }, answerToClient.json);
  });

  it("gets from the options of the SDK to every app", async () => {
    const options = samplesOf(fieldsFrom("sdk"), "option");
    await mesh.sdk.send("say", "sdk", options);
    await assertAllGot(fieldsFrom("sdk"), "sdk", mesh.ends);
  });

  it("gets from the options of the SDK to every kind of client", async () => {
    const withoutAuth = fieldsFrom("sdk").filter(({ name }) => name !== "auth");
    for (const [sessionId, end] of await mesh.clientEnds()) {
      const payload = `for ${sessionId}`;
      await mesh.sdk.send("say", payload, { ...samplesOf(withoutAuth, "option"), auth: { sessionId } });
      await assertAllGot(withoutAuth, payload, [end]);
    }
  });

  it("gets from the headers of a client's call to every app", async () => {
    const { status, text } = await send(mesh.gateway.edge, "say", '"call"', headers("clientHeaders"));
    assert.equal(status, 202, text);
    await assertAllGot(fromClients("clientHeaders"), "call", mesh.ends);
  });

  it("gets from a frame of a client's WebSocket to every app", async () => {
    const socket = new WebSocket(`${mesh.gateway.edge.replace("http", "ws")}/v1/socket`);
    const frame = { name: "say", payload: "client", ...samplesOf(fieldsFrom("clientJson"), "json") };
    socket.addEventListener("open", () => socket.send(JSON.stringify(frame)));
    await assertAllGot(fromClients("clientJson"), "client", mesh.ends);
    socket.close();
  });

  it("gets from the options of the browser client to every app", async () => {
    const { client } = mesh.browser();
    await eventually("online", () => client.status.kind === "online");
    await client.send("say", "browser", samplesOf(fieldsFrom("browser"), "option"));
    await assertAllGot(fromClients("browser"), "browser", mesh.ends);
  });

  it("gets from each edge of the all-in-one to every app there", async () => {
    const { edge } = mesh.exocom;
    const role = { "exo-role": "web" };
    await send(edge, "say", '"headers"', { ...headers("appHeaders"), ...role });
    await assertAllGot(fieldsFrom("appHeaders"), "headers", mesh.exocomEnds);
    const json = samplesOf(fieldsFrom("appJson"), "json");
    await post(`${edge}/v1/send`, JSON.stringify({ name: "say", payload: "line", ...json }), role);
    await assertAllGot(fieldsFrom("appJson"), "line", mesh.exocomEnds);
    mesh.exocomSocket.send({ name: "say", payload: "frame", ...json });
    await assertAllGot(fieldsFrom("appJson"), "frame", mesh.exocomEnds);
  });
});
