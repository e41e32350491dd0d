import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Client } from "undici";
import { AppConnections } from "./app-connections.ts";

describe("AppConnections", () => {
  let server: Server;
  let origin: string;
  let opened = 0;
  let waiting: ServerResponse[] = [];
  let connections: AppConnections;

  before(async () => {
    server = createServer((request, response) => {
      if (request.url === "/held") waiting.push(response);
      // Without the hint "keep-alive: timeout=…" that Node would add.
      else response.setHeader("connection", "keep-alive").end("x");
    });
    server.on("connection", () => {
      opened += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    opened = 0;
    waiting = [];
    connections = new AppConnections(origin);
  });
  afterEach(() => connections.close());
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const take = () => connections.take().connection;

  /** Sends one request, and resolves with why it failed, or nothing. */
  function call(connection: Client, path = "/"): Promise<Error | undefined> {
    return new Promise((resolve) => {
      connection.dispatch(
        { method: "GET", path },
        {
          onRequestStart() {},
          onResponseStart() {},
          onResponseData() {},
          onResponseEnd: () => resolve(undefined),
          onResponseError: (_controller, error) => resolve(error),
        },
      );
    });
  }

  /** Resolves once so many requests are held by the server. */
  async function held(count: number): Promise<void> {
    for (let tries = 0; waiting.length < count; tries += 1) {
      assert.ok(tries < 2_000, `${waiting.length} of ${count} requests came`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  it("uses one for what comes one after the other", async () => {
    for (let each = 0; each < 10; each += 1) {
      const connection = take();
      assert.equal(await call(connection), undefined);
      connections.giveBack(connection);
    }
    assert.equal(opened, 1);
  });

  it("has one for each request that is not answered yet", async () => {
    const taken = Array.from({ length: 5 }, () => take());
    const calls = taken.map((connection) => call(connection, "/held"));
    await held(5);
    assert.equal(opened, 5);
    for (const response of waiting) response.end();
    await Promise.all(calls);
    for (const connection of taken) connections.giveBack(connection);
    const again = new Set(Array.from({ length: 5 }, () => take()));
    assert.deepEqual(again, new Set(taken));
  });

  it("does not give out what was dropped", async () => {
    const broken = take();
    const failed = call(broken, "/held");
    await held(1);
    connections.drop(broken);
    assert.ok((await failed) instanceof Error);
    const other = take();
    assert.notEqual(other, broken);
    assert.equal(await call(other), undefined);
  });

  it("breaks off what is under way as it closes, and takes nothing back afterwards", async () => {
    const connection = take();
    const failed = call(connection, "/held");
    await held(1);
    await connections.close();
    assert.ok((await failed) instanceof Error);
    connections.giveBack(connection);
    assert.notEqual(take(), connection);
  });

  it("does not use one again for longer than half of the time after which the app was seen to close them", async () => {
    server.keepAliveTimeout = 200;
    server.keepAliveTimeoutBuffer = 0;
    const first = take();
    assert.equal(await call(first), undefined);
    connections.giveBack(first);
    await once(first, "disconnect");
    // That one is opened anew by the next request, and closed by the app after as long.
    assert.notEqual(take(), first);
    const second = take();
    assert.equal(await call(second), undefined);
    connections.giveBack(second);
    const { connection, wasUsed, wasIdle } = connections.take();
    assert.deepEqual([connection === second, wasUsed, wasIdle], [true, true, false]);
  });
});
