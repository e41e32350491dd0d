import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { type Client, connect } from "./client.ts";
import { ScriptedGateway } from "./scripted-gateway.fixture.ts";

describe("the session of a client of the gateway", () => {
  let gateway: ScriptedGateway;
  let client: Client;

  beforeEach(async () => {
    gateway = new ScriptedGateway();
    const { WebSocket } = gateway;
    client = connect({ url: "ws://gateway.test/v1/socket", WebSocket, backoffMs: [1, 4], onError: () => {} });
    await turn();
  });
  afterEach(() => client.close());

  /** The connection breaks. Resolves with the session that the next one takes up. */
  async function sessionAfter(code: number): Promise<unknown> {
    const before = gateway.sockets.length;
    gateway.socket.end(code);
    while (gateway.sockets.length === before) await turn();
    await turn();
    assert.equal(client.status.kind, "online");
    return gateway.received[0]?.session;
  }

  it("is taken up again after a loss", async () => {
    assert.equal(await sessionAfter(1012), "token-1");
  });

  it("is a new one where another page took the session over", async () => {
    assert.equal(await sessionAfter(4409), undefined);
  });

  it("is a new one where that of a user has expired, and there is no user any more", async () => {
    assert.equal(await sessionAfter(1012), "token-1");
    assert.equal(await sessionAfter(4401), undefined);
  });
});
