import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { eventually } from "@exosphere/testkit";
import { onUpgrade } from "./upgrades.ts";

describe("a request for a WebSocket", () => {
  async function start(answer: (response: ServerResponse) => void) {
    const server = createServer((_request, response) => answer(response));
    onUpgrade(server, (_request, socket) => socket.end("HTTP/1.1 101 Switching Protocols\r\n\r\n"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    const client = { text: "", socket };
    socket.on("data", (data) => {
      client.text += data;
    });
    return { server, client };
  }
  const get = "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";
  const upgrade = "GET / HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n";

  it("is taken on a connection whose earlier requests are answered", async () => {
    const { server, client } = await start((response) => response.end("answered"));
    client.socket.write(get);
    await eventually("the answer", () => client.text.includes("answered"));
    client.socket.write(upgrade);
    await once(client.socket, "close");
    assert.match(client.text, /101 Switching Protocols/);
    server.close();
  });

  it("cuts the connection where an earlier request waits for its answer, which would stand among the frames", async () => {
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    const { server, client } = await start((response) => response.once("close", resolve));
    client.socket.write(get + upgrade);
    await once(client.socket, "close");
    await closed;
    assert.equal(client.text, "");
    server.close();
  });
});
