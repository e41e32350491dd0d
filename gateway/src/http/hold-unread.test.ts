import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { Share } from "@exosphere/collections";
import { eventually } from "@exosphere/testkit";
import { holdUnread } from "./hold-unread.ts";

/** More than the systems of both ends take. */
const large = Buffer.alloc(64 * 1024 * 1024);
const get = "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";

describe("an answer that is not read", () => {
  async function start(share: Share<"address">, answers: readonly Buffer[], idleMs: number) {
    const responses: ServerResponse[] = [];
    const server = createServer((_request, response) => {
      responses.push(response);
      response.end(answers[responses.length - 1]);
      holdUnread(response, share, "192.0.2.1", idleMs);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const client = connect((server.address() as AddressInfo).port, "127.0.0.1").pause();
    client.on("error", () => {});
    return { server, responses, client };
  }
  const shareOf = (bytes: number) => new Share({ total: bytes, parts: { address: bytes } });

  it("ends its connection when its caller takes nothing of it for a while, and gives back what it held", async () => {
    const share = shareOf(100 * 1024 * 1024);
    const { server, responses, client } = await start(share, [large], 100);
    client.write(get);
    await eventually("the end of the connection", () => responses[0]?.destroyed);
    await eventually("room again", () => share.used === 0);
    client.destroy();
    server.close();
  });

  it("ends its connection at once where there is no room for it", async () => {
    const share = shareOf(1024);
    const { server, responses, client } = await start(share, [large], 600_000);
    client.write(get);
    await eventually("the end of the connection", () => responses[0]?.destroyed);
    assert.deepEqual([share.used, share.refused.get("address")], [0, 1]);
    client.destroy();
    server.close();
  });

  it("leaves the connection as it is once it was read: it may be idle as long as any", async () => {
    const share = shareOf(100 * 1024 * 1024);
    const { server, responses, client } = await start(share, [large, Buffer.from("second")], 60_000);
    client.write(get);
    await eventually("an answer that waits", () => share.used > 0);
    client.resume();
    await eventually("its end", () => responses[0]?.writableFinished);
    assert.equal(share.used, 0);
    // That of Node for idle connections, and a second more.
    assert.ok((responses[0]?.req.socket.timeout ?? 0) < 60_000);
    client.destroy();
    server.close();
  });
});
