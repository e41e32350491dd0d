import assert from "node:assert/strict";
import { once } from "node:events";
import { type ClientHttp2Session, connect, createServer, type ServerHttp2Session, type Settings } from "node:http2";
import type { AddressInfo } from "node:net";
import { Client, credentials, Server, type ServerDuplexStream } from "@grpc/grpc-js";
import { bound } from "./bound-server.fixture.ts";
import { widenConnections } from "./wide-connections.ts";

const bytes = {
  requestStream: true,
  responseStream: true,
  requestSerialize: (buffer: Buffer) => buffer,
  requestDeserialize: (buffer: Buffer) => buffer,
  responseSerialize: (buffer: Buffer) => buffer,
  responseDeserialize: (buffer: Buffer) => buffer,
} as const;
const [widePath, otherPath] = ["/test.Wide/Attach", "/test.Other/Attach"] as const;
const defaults = { initialWindowSize: 65_535, maxFrameSize: 16_384 };
const mib = 1024 * 1024;

describe("connections of attach streams", () => {
  describe("at the server", () => {
    let server: Server;
    let session: ClientHttp2Session;

    beforeEach(async () => {
      widenConnections("server", widePath);
      server = new Server();
      for (const path of [widePath, otherPath]) {
        server.addService(
          { attach: { path, ...bytes } },
          { attach: (call: ServerDuplexStream<Buffer, Buffer>) => call.resume() },
        );
      }
      session = connect(`http://127.0.0.1:${await bound(server)}`);
      await once(session, "remoteSettings");
    });

    afterEach(() => {
      session.destroy();
      server.forceShutdown();
    });

    it("take whole frames, and more than the windows of HTTP/2", async () => {
      const before = session.state.remoteWindowSize;
      const told = once(session, "remoteSettings");
      call(widePath);
      const [settings] = (await told) as [Settings];
      assert.deepEqual(only(settings), { initialWindowSize: mib, maxFrameSize: mib / 8 });
      await answered();
      assert.deepEqual([before, session.state.remoteWindowSize], [65_535, mib]);
    });

    it("are told so once", async () => {
      let told = 0;
      session.on("remoteSettings", () => {
        told += 1;
      });
      const first = once(session, "remoteSettings");
      call(widePath);
      call(widePath);
      await first;
      await answered();
      assert.equal(told, 1);
    });

    it("stay as they are if they carry other calls", async () => {
      call(otherPath);
      await answered();
      assert.deepEqual(only(session.remoteSettings), defaults);
      assert.equal(session.state.remoteWindowSize, 65_535);
    });

    function call(path: string): void {
      const stream = session.request({
        ":method": "POST",
        ":path": path,
        "content-type": "application/grpc",
        te: "trailers",
      });
      stream.on("error", () => {});
    }

    /**
     * What was sent before has been dealt with by then, and what is said to it has come: settings leave a turn after the call that
     * they are for, which a ping overtakes.
     */
    async function answered(): Promise<void> {
      for (let each = 0; each < 3; each += 1)
        await new Promise<void>((resolve, reject) => session.ping((error) => (error ? reject(error) : resolve())));
    }
  });

  describe("at the client", () => {
    for (const [path, expected] of [
      [widePath, { ...defaults, maxFrameSize: mib / 8 }],
      [otherPath, defaults],
    ] as const) {
      it(`${expected === defaults ? "stay as they are if they carry other calls" : "take whole frames"}`, async () => {
        widenConnections("client", widePath);
        const server = createServer();
        server.listen(0, "127.0.0.1");
        await once(server, "listening");
        const begun = once(server, "session") as Promise<[ServerHttp2Session]>;
        const { port } = server.address() as AddressInfo;
        // A subchannel of its own: else both calls would share a connection.
        const own = { "grpc.use_local_subchannel_pool": 1 };
        const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), own);
        const stream = client.makeBidiStreamRequest(path, bytes.requestSerialize, bytes.responseDeserialize);
        stream.on("error", () => {});
        try {
          stream.write(Buffer.from("x"));
          const [session] = await begun;
          const [served] = (await once(session, "stream")) as [NodeJS.ReadableStream];
          await once(served, "data");
          assert.deepEqual(only(session.remoteSettings), expected);
        } finally {
          stream.cancel();
          client.close();
          server.close();
        }
      });
    }
  });
});

/** What this is about. */
function only({ initialWindowSize, maxFrameSize }: Settings): Settings {
  return { initialWindowSize, maxFrameSize } as Settings;
}
