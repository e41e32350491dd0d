import assert from "node:assert/strict";
import type { IncomingMessage, RequestListener } from "node:http";
import { connect, type Socket } from "node:net";
import { ExoError } from "@exosphere/proto";
import { silentLog } from "@exosphere/telemetry";
import { ask, whileServing } from "./exchange.fixture.ts";
import { collectBody, readBody } from "./read-body.ts";
import { sendText } from "./send.ts";
import { sendProblem } from "./send-problem.ts";

/** Answers with the length of the body, or the problem. */
function measuring(limit: number): RequestListener {
  return (request, response) => {
    collectBody(request, limit, (error, body) => {
      if (error) sendProblem(response, error, silentLog());
      else sendText(response, 200, String(body.length));
    });
  };
}

/** Resolves to all that a server writes until it ends or cuts the connection. */
function heardFrom(socket: Socket): Promise<string> {
  let heard = "";
  socket.on("data", (chunk) => {
    heard += chunk;
  });
  socket.on("error", () => {});
  return new Promise((resolve) => socket.on("close", () => resolve(heard)));
}

describe("reading a body", () => {
  it("gives it whole, up to the limit", async () => {
    await whileServing(measuring(200_000), async (port) => {
      const lengths = [0, 1, 200_000].map((length) => ask({ port, method: "POST", body: Buffer.alloc(length) }));
      assert.deepEqual(
        (await Promise.all(lengths)).map(({ text }) => text),
        ["0", "1", "200000"],
      );
    });
  });

  it("refuses one that announces too much, before it is sent", async () => {
    await whileServing(measuring(10), async (port) => {
      const socket = connect(port, "127.0.0.1");
      const heard = heardFrom(socket);
      socket.write("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\n\r\n");
      socket.once("data", () => socket.end());
      assert.match(await heard, /^HTTP\/1\.1 413 [\s\S]*"limit":10,/);
    });
  });

  it("refuses one that turns out too large, and still answers a client that goes on sending", async () => {
    await whileServing(measuring(100_000), async (port) => {
      const headers = { "transfer-encoding": "chunked" };
      const { status, text } = await ask({ port, method: "POST", headers, body: Buffer.alloc(190_000) });
      assert.equal(status, 413);
      assert.equal(JSON.parse(text).reason, "PAYLOAD_TOO_LARGE");
      assert.equal(JSON.parse(text).limit, 100_000);
    });
  });

  it("keeps the connection for the next request where the rest was small", async () => {
    await whileServing(measuring(10), async (port) => {
      const socket = connect(port, "127.0.0.1");
      const heard = heardFrom(socket);
      const post = (body: string) =>
        `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
      socket.write(post("x".repeat(500)) + post("four"));
      socket.on("data", (chunk) => String(chunk).endsWith("\r\n\r\n4") && socket.end());
      assert.match(await heard, / 413 [\s\S]* 200 /);
    });
  });

  it("keeps the connection after a body that is one byte too large", async () => {
    await whileServing(measuring(200_000), async (port) => {
      const socket = connect(port, "127.0.0.1");
      const heard = heardFrom(socket);
      const post = (body: string) =>
        `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
      socket.write(post("x".repeat(200_001)) + post("four"));
      socket.on("data", (chunk) => String(chunk).endsWith("\r\n\r\n4") && socket.end());
      assert.match(await heard, / 413 [\s\S]* 200 /);
    });
  });

  it("cuts off a client that does not stop", async () => {
    await whileServing(measuring(1000), async (port) => {
      const socket = connect(port, "127.0.0.1");
      const heard = heardFrom(socket);
      socket.write("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000000\r\n\r\n");
      const goOn = () => {
        while (socket.writable && socket.write(Buffer.alloc(16_384)));
      };
      socket.on("drain", goOn);
      goOn();
      // Ends only because the server ends it; the answer may be lost with the connection.
      assert.match(await heard, /^(HTTP\/1\.1 413 |$)/);
    });
  });

  it("reports a client that goes away, once", async () => {
    const outcomes: unknown[] = [];
    const gone = Promise.withResolvers<void>();
    const listener = (request: IncomingMessage) => {
      collectBody(request, 100, (error, body) => {
        outcomes.push([error?.reason, body.length]);
        gone.resolve();
      });
    };
    await whileServing(listener, async (port) => {
      const socket = connect(port, "127.0.0.1");
      socket.write("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\nhalf", () => socket.destroy());
      await gone.promise;
    });
    assert.deepEqual(outcomes, [["INVALID_MESSAGE", 0]]);
  });

  it("is a promise where that is handier", async () => {
    const listener: RequestListener = async (request, response) => {
      try {
        sendText(response, 200, (await readBody(request, 5)).toString());
      } catch (error) {
        sendProblem(response, ExoError.from(error), silentLog());
      }
    };
    await whileServing(listener, async (port) => {
      assert.equal((await ask({ port, method: "PUT", body: "five!" })).text, "five!");
      assert.equal((await ask({ port, method: "PUT", body: "sixsix" })).status, 413);
    });
  });
});
