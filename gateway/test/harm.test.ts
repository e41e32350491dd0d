import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { eventually, frameOf, metricOf, opcodes } from "@exosphere/testkit";
import { GatewayBus, type StartedGateway } from "@exosphere/testkit/gateway-bus";
import { type Frame, WsClient } from "@exosphere/testkit/ws-client";

/** All that comes back until the gateway ends the connection. */
function heardFrom(socket: Socket): Promise<string> {
  let heard = "";
  socket.on("data", (bytes) => {
    heard += bytes;
  });
  socket.on("error", () => {});
  return new Promise((resolve) => socket.on("close", () => resolve(heard)));
}

describe("a gateway and clients that mean harm", function () {
  this.timeout(60_000);
  let bus: GatewayBus;
  let gateway: StartedGateway;

  before(async () => {
    bus = await GatewayBus.start();
    bus.server.handle("tell", () => {});
    bus.server.handle("ask", ({ payload }) => ({ name: "answered", payload }));
    gateway = await bus.startGateway(
      ...["--headers-timeout", "500ms", "--request-timeout", "1s", "--max-payload", "200KiB"],
      ...["--web-socket-compression", "--connection-requests", "5", "--burst", "1s"],
    );
  });

  after(() => bus.stop());

  const post = (body: Buffer, headers: Record<string, string>) =>
    fetch(`${gateway.url}/v1/send/tell`, { method: "POST", body: new Uint8Array(body), headers });
  const raw = (text: string) => {
    const socket = connect(gateway.port, "127.0.0.1");
    socket.write(text);
    return socket;
  };
  const upgrade = [
    "GET /v1/socket HTTP/1.1",
    "host: localhost",
    "connection: upgrade",
    "upgrade: websocket",
    "sec-websocket-version: 13",
    "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
  ].join("\r\n");

  it("is not filled by a small body that becomes a large one", async () => {
    const large = Buffer.from(`"${"x".repeat(50_000_000)}"`);
    const tooLarge = [413, "PAYLOAD_TOO_LARGE"];
    for (const [encoding, bomb, expected] of [
      ["gzip", gzipSync(large), tooLarge],
      ["br", brotliCompressSync(large), tooLarge],
      ["gzip", large.subarray(0, 100), [400, "INVALID_MESSAGE"]],
    ] as const) {
      const answer = await post(bomb, { "content-encoding": encoding, connection: "close" });
      assert.deepEqual([answer.status, ((await answer.json()) as Frame).reason], expected);
    }
  });

  it("compresses frames where both ends want it, and is not filled by one that becomes large", async () => {
    const client = await WsClient.connect(gateway.url);
    assert.match(client.socket.extensions, /permessage-deflate/);
    const payload = "abc".repeat(20_000);
    client.send({ name: "ask", ref: 1, request: true, payload });
    const { message } = (await client.answer(1)) as { message: Frame };
    assert.equal(message.payload, payload);
    client.send({ name: "ask", ref: 2, payload: "x".repeat(20_000_000) });
    assert.equal((await client.end()).code, 1009);
    const without = await WsClient.connect(gateway.url, {}, { perMessageDeflate: false });
    assert.equal(without.socket.extensions, "");
    without.drop();
  });

  it("does not compress frames unless it is told to", async () => {
    const { url } = await bus.startGateway();
    const client = await WsClient.connect(url);
    assert.equal(client.socket.extensions, "");
    client.drop();
  });

  it("refuses frames of a connection that are too many, and leaves others alone", async () => {
    const [flooding, other] = [await WsClient.connect(gateway.url), await WsClient.connect(gateway.url)];
    for (let ref = 1; ref <= 20; ref += 1) flooding.send({ name: "tell", ref });
    const { problem } = (await flooding.answer(20)) as { problem: Frame };
    assert.deepEqual([problem.reason, problem.scope, problem.unit], ["RATE_LIMITED", "connection", "requests"]);
    other.send({ name: "tell", ref: 1 });
    assert.equal((await other.answer(1)).type, "accepted");
    for (const client of [flooding, other]) client.drop();
  });

  it("waits no longer than it says for headers, an upgrade or a body", async () => {
    for (const text of [
      "GET /openapi.json HTTP/1.1\r\nhost: localhost\r\n",
      `${upgrade}\r\n`,
      "POST /v1/send/tell HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n1",
    ])
      assert.match(await heardFrom(raw(text)), /^HTTP\/1\.1 408 /);
  });

  it("refuses headers and addresses that are too large", async () => {
    const long = "x".repeat(20_000);
    for (const text of [
      `GET /openapi.json HTTP/1.1\r\nhost: localhost\r\nx: ${long}\r\n\r\n`,
      `${upgrade}\r\nx: ${long}\r\n\r\n`,
      `GET /${long} HTTP/1.1\r\nhost: localhost\r\n\r\n`,
    ])
      assert.match(await heardFrom(raw(text)), /^HTTP\/1\.1 4(31|14) /);
  });

  it("ends a client that asks and never reads", async () => {
    const bytes = ["connection", "session", "address"].flatMap((scope) => [`--${scope}-bytes`, "100MiB"]);
    const { url, admin } = await bus.startGateway("--max-backlog", "64KiB", ...bytes);
    const client = await WsClient.connect(url);
    client.socket.pause();
    const payload = "x".repeat(900_000);
    // More than the buffers of both ends' systems hold.
    for (let ref = 1; ref <= 60; ref += 1) client.send({ name: "ask", ref, request: true, payload });
    const clients = () => metricOf(admin, 'exo_gateway_clients{transport="websocket"}');
    await eventually("the end of its connection", async () => (await clients()) === 0, 30_000);
    assert.equal(client.closed, undefined);
    client.drop();
  });

  describe("that send bodies and do not end them", () => {
    const proxied = (address: string) => ({ "x-forwarded-for": address });
    let url: string;
    let port: number;
    let admin: string;

    before(async () => {
      ({ url, port, admin } = await bus.startGateway(
        ...["--max-payload", "64KiB", "--max-body-bytes", "1MiB", "--address-body-bytes", "256KiB"],
        ...["--trusted-proxies", "127.0.0.1", "--request-timeout", "10m"],
      ));
    });

    /** Sends a call whose announced body never ends, and collects what is answered. */
    const begin = (name: string, address: string, bytes: number) => {
      const socket = connect(port, "127.0.0.1");
      const answer = { text: "", socket };
      socket.on("data", (data) => {
        answer.text += data;
      });
      socket.on("error", () => {});
      const head = `POST /v1/send/${name} HTTP/1.1\r\nhost: localhost\r\nx-forwarded-for: ${address}\r\ntransfer-encoding: chunked`;
      socket.write(`${head}\r\n\r\n${bytes.toString(16)}\r\n${"x".repeat(bytes)}\r\n`);
      return answer;
    };

    it("have the share of their address, and leave room for others", async () => {
      const flood = Array.from({ length: 40 }, () => begin("tell", "192.0.2.66", 60_000));
      await eventually("refusals", () => flood.filter(({ text }) => /^HTTP.1.1 429 /.test(text)).length === 36);
      const held = await metricOf(admin, "exo_gateway_body_bytes");
      assert.ok(held !== undefined && held <= 256 * 1024, `${held}`);
      const refused = await metricOf(admin, 'exo_gateway_share_refused_total{share="bodies",part="address"}');
      assert.equal(refused, 36);
      const body = JSON.stringify("x".repeat(60_000));
      const other = await fetch(`${url}/v1/send/tell`, { method: "POST", headers: proxied("192.0.2.1"), body });
      assert.equal(other.status, 202);
      for (const { socket } of flood) socket.destroy();
      await eventually("room again", async () => (await metricOf(admin, "exo_gateway_body_bytes")) === 0);
    });

    it("are refused before it is read, where they have no right to send it", async () => {
      const call = begin("purge", "192.0.2.2", 1);
      await eventually("the refusal", () => /^HTTP.1.1 403 /.test(call.text));
      assert.equal(await metricOf(admin, "exo_gateway_body_bytes"), 0);
      // Its end is awaited, and the connection serves the next call.
      call.socket.write("0\r\n\r\nGET /openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n");
      await eventually("the next answer", () => call.text.includes("HTTP/1.1 200 "));
      call.socket.destroy();
    });
  });

  it("leave nothing behind when they connect and vanish, 300 at a time", async () => {
    const settings = ["--session-ttl", "1s", "--burst", "1s", "--address-requests", "100000"];
    const { port, admin } = await bus.startGateway(...settings, "--address-connections", "400");
    for (let round = 0; round < 3; round += 1) {
      const sockets = Array.from({ length: 300 }, () => connect(port, "127.0.0.1").on("error", () => {}));
      for (const socket of sockets) {
        socket.write(`${upgrade}\r\n\r\n`);
        socket.once("data", () => socket.write(frameOf('{"type":"connect"}')));
      }
      const clients = 'exo_gateway_clients{transport="websocket"}';
      const sessions = async () => (await metricOf(admin, "exo_gateway_sessions")) ?? 0;
      await eventually(
        "all of them",
        async () => (await metricOf(admin, clients)) === 300 && (await sessions()) >= 300,
      );
      for (const socket of sockets) socket.resetAndDestroy();
      await eventually("none of them", async () => (await metricOf(admin, clients)) === 0);
    }
    for (const name of ["sessions", "limiter_keys", "unread_bytes", "window_bytes", "open_requests"])
      await eventually(`no ${name}`, async () => (await metricOf(admin, `exo_gateway_${name}`)) === 0);
  });

  describe("that ask and never read", () => {
    const settings = ["connection", "session", "address"].flatMap((scope) => [`--${scope}-bytes`, "100MiB"]);
    const unread = "exo_gateway_unread_bytes";
    const refused = 'exo_gateway_share_refused_total{share="answers",part="address"}';

    it("hold no more answers than the share of their address, over HTTP", async () => {
      const shares = ["--max-payload", "64KiB", "--address-answer-bytes", "128KiB", "--connection-requests", "1000"];
      const { url, port, admin } = await bus.startGateway(...settings, ...shares);
      const large = "x".repeat(60_000);
      const head = `POST /v1/request/ask HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${large.length + 2}`;
      const sockets = Array.from({ length: 4 }, () => connect(port, "127.0.0.1").pause());
      for (const socket of sockets) {
        socket.on("error", () => {});
        // More than the systems of both ends hold, which is some 10 MiB of each connection.
        for (let count = 0; count < 250; count += 1) socket.write(`${head}\r\n\r\n"${large}"`);
      }
      await eventually("a connection that is cut", async () => ((await metricOf(admin, refused)) ?? 0) > 0);
      const held = (await metricOf(admin, unread)) ?? 0;
      assert.ok(held <= 128 * 1024, `${held}`);
      for (const socket of sockets) socket.destroy();
      await eventually("room again", async () => (await metricOf(admin, unread)) === 0);
      const other = await fetch(`${url}/v1/request/ask`, { method: "POST", body: `"${large}"` });
      assert.equal(((await other.json()) as Frame).payload, large);
    });

    it("hold no more answers than the share of their address, over WebSockets", async () => {
      const shares = ["--max-backlog", "100MiB", "--address-answer-bytes", "2MiB"];
      const { url, admin } = await bus.startGateway(...settings, ...shares);
      const large = "x".repeat(900_000);
      const client = await WsClient.connect(url);
      client.socket.pause();
      for (let ref = 1; ref <= 30; ref += 1) client.send({ name: "ask", ref, request: true, payload: large });
      await eventually("a connection that is cut", async () => ((await metricOf(admin, refused)) ?? 0) > 0, 30_000);
      client.drop();
      await eventually("room again", async () => (await metricOf(admin, unread)) === 0);
    });
  });

  describe("that send frames without end", () => {
    const begin = async (port: number) => {
      const socket = connect(port, "127.0.0.1");
      socket.on("error", () => {});
      socket.write(`${upgrade}\r\n\r\n`);
      await once(socket, "data");
      socket.resume();
      socket.write(frameOf('{"type":"connect"}'));
      return socket;
    };
    const limited = 'exo_gateway_limited_total{scope="connection"}';

    for (const [what, frame] of [
      ["pongs", frameOf("", { opcode: opcodes.pong })],
      ["pings", frameOf("", { opcode: opcodes.ping })],
      ["fragments of a byte", frameOf("x", { opcode: opcodes.continuation, isFinal: false })],
    ] as const) {
      it(`are read no faster than the limits allow: ${what}`, async () => {
        const { url, port, admin } = await bus.startGateway("--connection-requests", "5", "--burst", "1s");
        const socket = await begin(port);
        if (frame[0] === opcodes.continuation) socket.write(frameOf("{", { isFinal: false }));
        socket.write(Buffer.concat(new Array<Buffer>(500).fill(frame)));
        await eventually("a pause", async () => (await metricOf(admin, limited)) === 1);
        // Others, and calls from the same address, have what they had.
        const other = await WsClient.connect(url);
        other.send({ name: "ask", ref: 1, request: true, payload: 1 });
        assert.equal((await other.answer(1)).type, "reply");
        other.drop();
        socket.destroy();
      });
    }

    it("are read on once the limits allow it", async () => {
      const { port } = await bus.startGateway("--connection-requests", "20", "--burst", "1s");
      const socket = await begin(port);
      let heard = "";
      socket.on("data", (data) => {
        heard += String(data);
      });
      socket.write(Buffer.concat(new Array<Buffer>(500).fill(frameOf("", { opcode: opcodes.pong }))));
      socket.write(frameOf('{"type":"ping","ref":"after"}'));
      await eventually("the answer behind them", () => heard.includes('"ref":"after"'));
      socket.destroy();
    });

    it("are read more slowly where they are large and refused, as each of them is read for its ref", async () => {
      const bytes = ["--connection-bytes", "64KiB", "--connection-requests", "20", "--burst", "1s"];
      const { url, admin } = await bus.startGateway(...bytes);
      const client = await WsClient.connect(url);
      for (let ref = 1; ref <= 4; ref += 1) client.send({ name: "tell", ref, payload: "x".repeat(1_000_000) });
      const { problem } = (await client.answer(4)) as { problem: Frame };
      assert.equal(problem.reason, "RATE_LIMITED");
      // Beside the refusals: a pause each time that what was read amounts to more requests than are allowed.
      assert.ok(((await metricOf(admin, limited)) ?? 0) > 3);
      client.drop();
    });
  });

  it("have the TCP connections of their address, and no more", async () => {
    const { url, admin, port } = await bus.startGateway("--address-tcp-connections", "3");
    const sockets = [1, 2, 3].map(() => connect(port, "127.0.0.1"));
    await Promise.all(sockets.map((socket) => once(socket, "connect")));
    const refused = 'exo_gateway_share_refused_total{share="connections",part="address"}';
    const more = connect(port, "127.0.0.1");
    await heardFrom(more);
    assert.equal(await metricOf(admin, refused), 1);
    sockets.pop()?.destroy();
    await eventually("a place", () =>
      fetch(`${url}/openapi.json`, { headers: { connection: "close" } }).then(
        ({ status }) => status === 200,
        () => false,
      ),
    );
    for (const socket of sockets) socket.destroy();
  });

  it("do not use up the connections of a proxy that brings others as well", async () => {
    const { port } = await bus.startGateway("--address-tcp-connections", "1", "--trusted-proxies", "127.0.0.1");
    const get = "GET /openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n";
    const sockets = [1, 2, 3].map(() => connect(port, "127.0.0.1"));
    for (const socket of sockets) {
      socket.write(get);
      assert.match(String((await once(socket, "data"))[0]), /^HTTP.1.1 200 /);
    }
    for (const socket of sockets) socket.destroy();
  });
});
