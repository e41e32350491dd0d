import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { instanceCodec, SocketDuplex } from "@exosphere/frames";
import { grpcDial, Link, type LinkOptions, type LinkStatus } from "@exosphere/link";
import { type ExoError, newAttachRequest, newRegistration, Publish, protocolVersion } from "@exosphere/proto";
import { SocketSidecar } from "./socket-app.fixture.ts";
import { type SocketServer, startSocketServer } from "./socket-server.ts";

describe("startSocketServer", () => {
  let folder: string;
  let path: string;
  let sidecar: SocketSidecar;
  let server: SocketServer;
  const links: Link[] = [];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "exo-server-"));
    path = join(folder, "socket");
    sidecar = new SocketSidecar();
    server = await startSocketServer({ path, host: sidecar.host, maxPayloadBytes: 1000 });
  });
  afterEach(() => {
    for (const link of links.splice(0)) link.close();
    server.close();
    rmSync(folder, { recursive: true });
  });

  /** An app, once the sidecar has taken it in or not. */
  function attach(options: Partial<LinkOptions> = {}): Promise<{ link: Link; status: LinkStatus }> {
    return new Promise((resolve) => {
      const all = { brokers: [`unix:${path}`], role: "users", instanceId: crypto.randomUUID(), ...options };
      const link: Link = new Link(all, {
        delivery() {},
        status: (status) => resolve({ link, status }),
      });
      links.push(link);
    });
  }

  for (const [what, options] of [
    ["frames alone", {}],
    ["gRPC", { dial: grpcDial }],
  ] as const) {
    describe(`to an app that speaks ${what}`, () => {
      it("takes it in, and passes its messages on", async () => {
        const { link, status } = await attach(options);
        assert.equal(status.kind, "attached");
        const message = { name: "told", id: "i", activityId: "a", responseTo: "", traceparent: "", tracestate: "" };
        const empty = { payload: new Uint8Array(), auth: new Uint8Array(), deadlineMs: 0 };
        const told = new Promise((resolve) => link.send({ ...message, ...empty }, resolve));
        while (sidecar.passedOn.length === 0) await new Promise((resolve) => setImmediate(resolve));
        sidecar.passedOn[0]?.accepted(undefined);
        assert.equal(await told, undefined);
      });

      it("says why it is not taken in", async () => {
        const { status } = await attach({ ...options, role: "others" });
        assert.ok(status.kind === "detached");
        assert.deepEqual([status.error.reason, status.error.facts], ["NOT_ALLOWED", { role: "others" }]);
      });

      it("does not wait for it once it has gone", async () => {
        const { link } = await attach(options);
        link.close();
        await server.drain(AbortSignal.timeout(60_000));
        assert.equal(sidecar.host.streams, 0);
      });

      it("ends its stream when it closes", async () => {
        const { link } = await attach(options);
        server.close();
        while (link.isAttached) await new Promise((resolve) => setImmediate(resolve));
        assert.equal(existsSync(path), false);
      });
    });
  }

  it("ends the stream of an app whose sequences leave the exact numbers, and no other", async () => {
    const { link } = await attach();
    const duplex = new SocketDuplex(connect({ path, allowHalfOpen: true }), {
      codec: instanceCodec,
      maxFrameBytes: 100_000,
    });
    const failed = once(duplex, "error");
    const instanceId = crypto.randomUUID();
    const who = newRegistration({ protocolVersion, role: "users", instanceId });
    duplex.write(newAttachRequest({ registration: who }));
    await once(duplex, "data");
    const publish = { ...Publish.decode(new Uint8Array(0)), name: 1, activityId: Buffer.from("a") };
    duplex.write(newAttachRequest({ firstSequence: 2 ** 53 - 1, publishes: [publish, publish] }));
    const [error] = (await failed) as [ExoError];
    assert.equal(error.reason, "INVALID_MESSAGE");
    assert.deepEqual([sidecar.passedOn.length, link.isAttached], [0, true]);
  });

  it("lets nobody else open the socket", () => {
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  it("lets go of who says nothing that it knows", async () => {
    const socket = connect({ path });
    socket.resume();
    socket.write("GET / HTTP/1.1\r\n\r\n");
    await once(socket, "close");
  });

  it("does not wait for who has not said yet what it speaks", async () => {
    const [mute, hesitant] = [connect({ path }), connect({ path })];
    hesitant.write("PRI * HT");
    await Promise.all([once(mute, "connect"), once(hesitant, "connect")]);
    // They have been accepted by the time that one which came later is served.
    await attach();
    for (const link of links.splice(0)) link.close();
    // Half as long as they may keep silent.
    const deadline = AbortSignal.timeout(5000);
    await server.drain(deadline);
    assert.equal(deadline.aborted, false);
    for (const socket of [mute, hesitant]) socket.destroy();
  });

  it("knows HTTP/2 by its preface, also if that comes byte by byte", async () => {
    const socket = connect({ path });
    for (const byte of Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1")) {
      socket.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    const [settings] = (await once(socket, "data")) as [Buffer];
    assert.equal(settings[3], 4);
    socket.destroy();
  });

  for (const [what, bytes] of [
    ["frames of no kind", "exocom.attach/1\n\u0007\u0000\u0000\u0000\u0000"],
    ["another version", "exocom.attach/2\n"],
  ] as const) {
    it(`counts who speaks ${what} as a failure`, async () => {
      const socket = connect({ path });
      socket.resume();
      socket.write(bytes, "latin1");
      await once(socket, "close");
      assert.deepEqual([sidecar.host.failures, sidecar.host.streams], [1, 0]);
    });
  }
});
