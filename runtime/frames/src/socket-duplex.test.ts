import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ExoError } from "@exosphere/proto";
import { BrokenFraming } from "./frame-splitter.ts";
import { SocketDuplex, socketPreface, UnknownPreface } from "./socket-duplex.ts";

let lent = Buffer.alloc(0);

/** A frame of these tests is text; "?" is none. What was lent before is written over, as it is by the real one. */
const codec = {
  lend: (text: string, reserved: number) => {
    lent.fill("!");
    lent = Buffer.concat([Buffer.alloc(reserved), Buffer.from(text)]);
    return lent;
  },
  keepLent: () => {
    lent = Buffer.alloc(0);
  },
  decode: (bytes: Buffer) => {
    if (bytes.toString() === "?") throw new Error("no frame");
    return bytes.toString();
  },
};
const options = { codec, maxFrameBytes: 1024 * 1024 };

type Duplex = SocketDuplex<string, string>;

/** `once` would reject with an error that is told before. */
const closed = (duplex: Duplex) => new Promise((resolve) => duplex.once("close", resolve));

/** What a duplex tells, in order. */
function noted(duplex: Duplex): unknown[] {
  const seen: unknown[] = [];
  duplex.on("data", (frame) => seen.push(frame));
  duplex.on("end", () => seen.push("(end)"));
  duplex.on("error", (error) => seen.push(error));
  duplex.on("close", () => seen.push("(close)"));
  return seen;
}

describe("SocketDuplex", () => {
  let folder: string;
  let path: string;
  let server: Server;
  const sockets: Socket[] = [];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "exo-duplex-"));
    path = join(folder, "socket");
    server = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve) => server.listen({ path }, resolve));
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });

  /** Both ends of a connection, as sockets. */
  async function connected(): Promise<[Socket, Socket]> {
    const near = connect({ path, allowHalfOpen: true });
    const [far] = (await once(server, "connection")) as [Socket];
    sockets.push(near, far);
    return [near, far];
  }

  /** Both ends of a stream. */
  async function pair(): Promise<[Duplex, Duplex]> {
    const [near, far] = await connected();
    return [new SocketDuplex<string, string>(near, options), new SocketDuplex<string, string>(far, options)];
  }

  it("carries frames both ways, in their order", async () => {
    const [near, far] = await pair();
    far.on("data", (frame) => far.write(`${frame} back`));
    for (let each = 0; each < 100; each += 1) near.write(`${each}`);
    const seen = noted(near);
    while (seen.length < 100) await once(near, "data");
    assert.deepEqual(
      seen,
      Array.from({ length: 100 }, (_, each) => `${each} back`),
    );
  });

  it("says when the peer is behind, and when it has caught up", async () => {
    const [near, far] = await connected();
    const duplex = new SocketDuplex<string, string>(near, options);
    const large = "x".repeat(500_000);
    let written = 1;
    while (duplex.write(large)) written += 1;
    const drained = once(duplex, "drain");
    const reader = new SocketDuplex<string, string>(far, options);
    const seen = noted(reader);
    await drained;
    while (seen.length < written) await once(reader, "data");
    assert.ok(seen.every((frame) => frame === large));
  });

  it("lets what was written be read after its end, and the other side end later", async () => {
    const [near, far] = await pair();
    const [seenNear, seenFar] = [noted(near), noted(far)];
    near.write("last");
    near.end();
    await once(far, "end");
    far.write("answer");
    far.end();
    await Promise.all([closed(near), closed(far)]);
    assert.deepEqual(seenFar, ["last", "(end)", "(close)"]);
    assert.deepEqual(seenNear, ["answer", "(end)", "(close)"]);
  });

  it("tells the peer why a stream is refused, and drops what still comes", async () => {
    const [near, far] = await pair();
    const [seenNear, seenFar] = [noted(near), noted(far)];
    far.refuse(new ExoError("RATE_LIMITED", "Too many.", { retryAfterMs: 1000, facts: { limit: 1 } }));
    near.write("unheard");
    await Promise.all([closed(near), closed(far)]);
    const [error] = seenNear as [ExoError];
    assert.deepEqual([error.reason, error.detail, error.retryAfterMs], ["RATE_LIMITED", "Too many.", 1000]);
    assert.deepEqual([seenNear.slice(1), seenFar], [["(close)"], ["(close)"]]);
  });

  it("does not wait for a peer that never closes its end", async () => {
    const [near, far] = await connected();
    const duplex = new SocketDuplex<string, string>(near, options);
    far.resume();
    duplex.end();
    await closed(duplex);
  });

  it("does not wait for a peer that does not read why it is refused", async () => {
    const [near] = await connected();
    const duplex = new SocketDuplex<string, string>(near, options);
    while (duplex.write("x".repeat(500_000)));
    duplex.refuse(new ExoError("RATE_LIMITED", "Too much."));
    await closed(duplex);
  });

  for (const [what, bytes, detail] of [
    ["is no frame", "\u0000\u0000\u0000\u0000\u0001?", /no frame/],
    ["is too long", "\u0000\u0000\u0020\u0000\u0000", /2097152 bytes/],
    ["is of no kind", "\u0007\u0000\u0000\u0000\u0000", /kind 7/],
  ] as const) {
    it(`ends a stream on which something ${what} at both ends, for the peer with INVALID_MESSAGE`, async () => {
      const [near, far] = await connected();
      const duplex = new SocketDuplex<string, string>(near, options);
      const seen = noted(duplex);
      far.write(Buffer.concat([socketPreface, Buffer.from(bytes, "latin1")]));
      const answer: Buffer[] = [];
      far.on("data", (chunk) => answer.push(chunk));
      far.on("end", () => far.end());
      await closed(duplex);
      const [error] = seen as [Error];
      assert.deepEqual([error instanceof BrokenFraming, seen.slice(1)], [true, ["(close)"]]);
      assert.match(error.message, detail);
      assert.match(Buffer.concat(answer).toString("latin1"), /INVALID_MESSAGE/);
    });
  }

  it("knows a peer that speaks something else, also if it says so byte by byte", async () => {
    for (const text of ["HTTP/1.1 400 Bad Request", "exocom.attach/2\n"]) {
      const [near, far] = await connected();
      const duplex = new SocketDuplex<string, string>(near, options);
      const seen = noted(duplex);
      far.on("error", () => {});
      for (const byte of Buffer.from(text)) far.write(Buffer.from([byte]));
      await closed(duplex);
      assert.ok(seen[0] instanceof UnknownPreface);
    }
  });

  it("leaves what its listeners throw to the process", async () => {
    const [near, far] = await pair();
    const thrown = new Error("a fault of the listener");
    near.on("data", () => {
      throw thrown;
    });
    const before = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    try {
      const caught = once(process, "uncaughtException");
      far.write("frame");
      assert.equal((await caught)[0], thrown);
    } finally {
      for (const listener of before) process.on("uncaughtException", listener);
    }
  });
});
