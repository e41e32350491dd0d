import assert from "node:assert/strict";
import { eventually } from "@exosphere/testkit";
import { GatewayBus } from "@exosphere/testkit/gateway-bus";
import { tokenOf } from "@exosphere/testkit/user-tokens";
import { type Frame, WsClient } from "@exosphere/testkit/ws-client";

describe("the key of a frame", function () {
  this.timeout(60_000);
  let bus: GatewayBus;

  before(async () => {
    bus = await GatewayBus.start();
  });

  after(() => bus.stop());

  const start = () => bus.startGateway(...bus.secretSettings);

  it("makes the id of the message, by which the bus knows it again after a restart, as over HTTP", async () => {
    bus.server.handle("tell", () => {});
    const token = await tokenOf("ada");
    const ids: unknown[] = [];
    for (const life of [1, 2]) {
      const { url } = await start();
      const client = await WsClient.connect(url, { token });
      client.send({ name: "tell", key: "k", ref: life });
      ids.push((await client.answer(life)).id);
      client.send({ name: "tell", key: "own", id: "its own", ref: "own" });
      assert.equal((await client.answer("own")).id, "its own");
      client.drop();
      bus.closeGateways();
    }
    const { url } = await start();
    const headers = { authorization: `Bearer ${token}`, "idempotency-key": '"k"' };
    ids.push(((await (await fetch(`${url}/v1/send/tell`, { method: "POST", headers })).json()) as Frame).id);
    assert.match(String(ids[0]), /^[\da-f]{8}-[\da-f]{4}-8/);
    assert.deepEqual(ids, [ids[0], ids[0], ids[0]]);
  });

  it("remembers what has failed, which may have had an effect, for a client that lost the answer", async () => {
    let asked = 0;
    bus.server.handle("fail", () => {
      asked += 1;
      throw new Error("no");
    });
    const { url } = await start();
    const client = await WsClient.connect(url);
    client.send({ name: "fail", key: "k", ref: 1, request: true });
    const first = (await client.answer(1)) as { problem: Frame };
    assert.equal(first.problem.reason, "HANDLER_FAILED");
    client.drop();
    const back = await WsClient.connect(url, client.position);
    back.send({ name: "fail", key: "k", ref: 2, request: true });
    assert.deepEqual(((await back.answer(2)) as { problem: Frame }).problem, first.problem);
    assert.equal(asked, 1);
    // What had no effect may be made again.
    for (const ref of [3, 4]) {
      back.send({ name: "purge", key: "other", ref });
      await eventually("a refusal", () => back.frames.find((frame) => frame.ref === ref && frame.type === "problem"));
    }
    back.drop();
  });
});
