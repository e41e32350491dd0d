import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { eventually } from "@exosphere/testkit";
import type { AppUnderTest } from "@exosphere/testkit/app-under-test";
import { Mesh } from "@exosphere/testkit/mesh";
import { RawWebSocket } from "@exosphere/testkit/raw-websocket";
import type { SidecarProcess } from "@exosphere/testkit/sidecar-process";

interface Case {
  readonly what: string;
  readonly text?: string;
  /** A frame's payload. */
  readonly hex?: string;
  /** Everything that goes over the wire. */
  readonly wire?: string;
}

const corpus = JSON.parse(await readFile(new URL("corpus/websocket-frames.json", import.meta.url), "utf8")) as Readonly<
  Record<"ignored" | "taken" | "ended", readonly Case[]>
>;

const bytesOf = (hex: string) => Buffer.from(hex.replaceAll(" ", ""), "hex");

function write(socket: RawWebSocket, { text, hex, wire }: Case): void {
  if (wire !== undefined) socket.write(bytesOf(wire));
  else socket.send(hex === undefined ? (text ?? "") : bytesOf(hex));
}

describe("Malformed frames of a WebSocket", function () {
  this.timeout(30_000);
  const mesh = new Mesh();
  let teller: SidecarProcess;
  let listener: AppUnderTest;

  before(async () => {
    await mesh.startBroker({ routes: { teller: { sends: ["told"] }, listener: { receives: ["told"] } } });
    const [sidecar, { app }] = await Promise.all([mesh.startSidecar("teller"), mesh.startService("listener")]);
    [teller, listener] = [sidecar, app];
  });
  beforeEach(() => listener.reset());
  after(() => mesh.stop());

  it("are ignored, and those that only look like them are taken", async () => {
    const socket = mesh.keep(await RawWebSocket.register(teller.port, "teller"));
    for (const each of corpus.ignored) write(socket, each);
    socket.send("[".repeat(500_000));
    for (const each of corpus.taken) write(socket, each);
    socket.send({ name: "told", payload: "last" });
    await eventually("the last", () => listener.deliveries.some(({ message }) => message.payload === "last"));
    await eventually("all that is one", () => listener.deliveries.length > corpus.taken.length);
    assert.equal(listener.deliveries.length, corpus.taken.length + 1);
    assert.deepEqual([socket.isClosed, socket.texts], [false, []]);
  });

  for (const options of [undefined, { errors: true }]) {
    it(`end the connection where they break the protocol, ${options ? "with" : "without"} a close frame`, async () => {
      for (const each of corpus.ended) {
        const socket = mesh.keep(await RawWebSocket.register(teller.port, "teller", options));
        write(socket, each);
        await socket.closed().catch(() => assert.fail(`is still open after ${each.what}`));
        assert.equal(socket.closeCode !== undefined, options !== undefined, each.what);
      }
      const { status } = await fetch(`${teller.edge}/status`);
      assert.equal(status, 200);
    });
  }
});
