import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { answerMalformed } from "./malformed-request.ts";
import { createServer } from "./node-http.ts";

describe("what is no request", () => {
  it("is answered once, in its turn, in however many pieces it comes", async () => {
    const server = createServer();
    answerMalformed(server, () => false);
    let reported = 0;
    server.on("clientError", () => {
      reported += 1;
    });
    const asked = once(server, "request");
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const client = connect((server.address() as AddressInfo).port, "127.0.0.1").setNoDelay();
    try {
      client.write("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
      const [, response] = (await asked) as [unknown, ServerResponse];
      const listeners = response.listenerCount("close");
      while (reported < 20) {
        client.write("no request\r\n\r\n");
        await pause(1);
      }
      assert.equal(response.listenerCount("close"), listeners + 1);

      response.end();
      let text = "";
      client.on("data", (chunk: Buffer) => {
        text += chunk.toString("latin1");
      });
      await once(client, "close");
      assert.deepEqual(text.match(/HTTP\/1\.1 \d{3}/g), ["HTTP/1.1 200", "HTTP/1.1 400"]);
    } finally {
      client.destroy();
      server.close();
    }
  });
});
