import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { type Client, connect } from "./client.ts";
import { ScriptedGateway, welcomeWith } from "./scripted-gateway.fixture.ts";

describe("what changes while a client connects", () => {
  let gateway: ScriptedGateway;
  let client: Client;

  beforeEach(async () => {
    gateway = new ScriptedGateway();
    gateway.welcome = undefined;
    const { WebSocket } = gateway;
    client = connect({ url: "ws://gateway.test", WebSocket, token: "old", names: ["told"], backoffMs: [1, 4] });
    await turn();
    assert.equal(client.status.kind, "connecting");
  });
  afterEach(() => client.close());

  const received = () => gateway.received.map(({ ref: _, ...frame }) => frame);

  it("is told once there is a connection: names, and a token", async () => {
    await client.subscribe(["news"]);
    await client.refresh("new");
    gateway.socket.say(welcomeWith());
    await turn();
    assert.deepEqual(received().slice(1), [
      { type: "subscribe", names: ["news"] },
      { type: "refresh", token: "new" },
    ]);
  });

  it("is not told again by the next connection, which begins with it", async () => {
    await client.subscribe(undefined);
    gateway.socket.end();
    while (gateway.sockets.length === 1) await turn();
    await turn();
    gateway.socket.say(welcomeWith());
    await turn();
    assert.deepEqual(received(), [{ type: "connect", token: "old", ack: false }]);
  });

  it("counts where the token of before is refused", async () => {
    await client.refresh("new");
    gateway.socket.end(4401);
    while (gateway.sockets.length === 1) await turn();
    await turn();
    assert.equal(gateway.received[0]?.token, "new");
  });
});
