import assert from "node:assert/strict";
import { once } from "node:events";
import type { RequestListener, Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { eventually } from "@exosphere/testkit";
import { closeGently, endWithClient } from "./gentle-close.ts";
import { createServer } from "./node-http.ts";
import { collectBody } from "./read-body.ts";

describe("a server that closes gently", () => {
  let server: Server;
  let port: number;
  const sockets: Socket[] = [];

  async function serve(listener: RequestListener): Promise<void> {
    server = createServer(listener);
    closeGently(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    port = (server.address() as AddressInfo).port;
  }

  /** A client that reads everything until the connection ends. */
  function client(): { readonly socket: Socket; readonly answer: Promise<string> } {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    sockets.push(socket);
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk;
    });
    const answer = new Promise<string>((resolve) => {
      socket.on("error", (error: NodeJS.ErrnoException) => resolve(`${error.code} after ${text}`));
      socket.on("end", () => resolve(text));
    });
    return { socket, answer };
  }

  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    server.closeAllConnections();
    server.close();
  });

  it("gets its answer to a client that still sends, although that asked for the connection to be closed", async () => {
    await serve((request, response) => {
      collectBody(request, 4 * 1024 * 1024, (error) => response.writeHead(error ? error.httpStatus : 200).end());
    });
    const { socket, answer } = client();
    const bytes = 8 * 1024 * 1024;
    socket.write(`POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: ${bytes}\r\n\r\n`);
    socket.write(Buffer.alloc(bytes / 2));
    // Many clients read an answer only once they have sent everything.
    socket.pause();
    await once(socket, "drain");
    socket.write(Buffer.alloc(bytes / 2));
    await once(socket, "drain");
    socket.resume();
    assert.match(await answer, /^HTTP\/1\.1 413 /);
  });

  it("answers a client that has ended its own side with its request", async () => {
    await serve((request, response) => {
      request.resume();
      request.socket.once("end", () => response.end("late"));
    });
    const { socket, answer } = client();
    socket.end("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\n\r\n1");
    assert.match(await answer, /^HTTP\/1\.1 200 [\s\S]*late/);
  });

  it("takes a client that ends its side later for one that has hung up", async () => {
    let isGivenUp = false;
    await serve((request, response) => {
      request.resume();
      response.writeContinue();
      response.on("close", () => {
        isGivenUp = true;
      });
    });
    const { socket } = client();
    socket.write("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\n\r\n1");
    await once(socket, "data");
    const laterMs = performance.now() + 50;
    await eventually("a while", () => performance.now() > laterMs);
    socket.end();
    await eventually("that it is given up", () => isGivenUp);
  });

  it("ends a stream when its client has ended its own side", async () => {
    let hasEnded = false;
    await serve((_request, response) => {
      response.on("close", () => {
        hasEnded = true;
      });
      endWithClient(response);
      response.write("first");
    });
    const { socket } = client();
    socket.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    await once(socket, "data");
    assert.equal(hasEnded, false);
    socket.end();
    await eventually("the end of the stream", () => hasEnded);
  });

  it("closes at once where nothing is left unread", async () => {
    await serve((_request, response) => void response.end("done"));
    const { socket, answer } = client();
    socket.write("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    assert.match(await answer, /done$/);
    await eventually("no connection", async () => (await connectionsOf(server)) === 0);
  });
});

function connectionsOf(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
}
