import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { AppProbe } from "./app-probe.ts";

/** A port that takes connections, or not. */
class Port {
  number = 0;
  #server: Server | undefined;

  async open(): Promise<void> {
    this.#server = createServer((socket) => {
      socket.on("error", () => {});
      socket.resume();
    });
    this.#server.listen(this.number, "127.0.0.1");
    await once(this.#server, "listening");
    this.number = (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server) await new Promise((resolve) => server.close(resolve));
  }
}

/** What a probe tells, one after the other. */
class Told {
  readonly all: boolean[] = [];
  #wake = () => {};

  readonly change = (isUp: boolean) => {
    this.all.push(isUp);
    this.#wake();
  };

  /** Resolves once so many changes have been told; mocha's timeout bounds the wait. */
  async times(count: number): Promise<readonly boolean[]> {
    while (this.all.length < count) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.all;
  }
}

describe("the probe of an app", () => {
  const port = new Port();
  let probe: AppProbe | undefined;
  const probing = (told: Told) => {
    probe = new AppProbe(new URL(`http://127.0.0.1:${port.number}/base`), told.change);
    return probe;
  };

  beforeEach(() => port.open());
  afterEach(async () => {
    probe?.close();
    await port.close();
  });

  it("finds an app that is there", async () => {
    const told = new Told();
    const found = probing(told);
    assert.equal(found.isUp, false);
    assert.deepEqual(await told.times(1), [true]);
    assert.equal(found.isUp, true);
  });

  it("waits for an app that is not there yet", async () => {
    await port.close();
    const told = new Told();
    const found = probing(told);
    assert.equal(found.isUp, false);
    await port.open();
    assert.deepEqual(await told.times(1), [true]);
  });

  it("looks again once the app refused a connection, and says so once", async () => {
    const told = new Told();
    const found = probing(told);
    await told.times(1);
    await port.close();
    found.missed();
    found.missed();
    assert.deepEqual([found.isUp, told.all], [false, [true, false]]);
    await port.open();
    assert.deepEqual(await told.times(3), [true, false, true]);
  });

  it("finds an app by name and on IPv6", async () => {
    const told = new Told();
    probe = new AppProbe(new URL(`http://localhost:${port.number}`), told.change);
    await told.times(1);
    probe.close();
    const server = createServer((socket) => socket.resume());
    server.listen(0, "::1");
    await once(server, "listening");
    const onIpv6 = new Told();
    probe = new AppProbe(new URL(`http://[::1]:${(server.address() as AddressInfo).port}`), onIpv6.change);
    await onIpv6.times(1);
    probe.close();
    await new Promise((resolve) => server.close(resolve));
  });

  it("asks for the health of an app that has a path for it, and believes nothing but 2xx", async () => {
    let status = 503;
    const asked: string[] = [];
    const server = createHttpServer(({ method, url }, response) => {
      asked.push(`${method} ${url}`);
      if (asked.length === 3) status = 204;
      response.writeHead(status, { location: "/health" }).end();
      if (asked.length === 1) status = 302;
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const told = new Told();
    const app = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/base`);
    probe = new AppProbe(app, told.change, "/health");
    assert.deepEqual(await told.times(1), [true]);
    assert.deepEqual(asked, ["GET /health", "GET /health", "GET /health"]);
    status = 500;
    assert.deepEqual(await told.times(2), [true, false]);
    probe.close();
    await new Promise((resolve) => server.close(resolve));
  });

  it("tells nothing once it is closed", async () => {
    const told = new Told();
    probing(told).close();
    const later = new Told();
    probing(later);
    await later.times(1);
    assert.deepEqual(told.all, []);
  });
});
