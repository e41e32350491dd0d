import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { eventually, frameOf, metricOf, type ReadFrame, readFrame } from "@exosphere/testkit";
import { GatewayBus } from "@exosphere/testkit/gateway-bus";

/** A raw connection after its upgrade: nothing of ours, and no library. */
class RawSocket {
  readonly socket: Socket;
  #bytes = Buffer.alloc(0);
  isClosed = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (chunk: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
    });
    socket.on("close", () => {
      this.isClosed = true;
    });
    socket.on("error", () => {});
  }

  static async open(port: number, first: Buffer = Buffer.alloc(0)): Promise<RawSocket> {
    const socket = connect(port, "127.0.0.1");
    const raw = new RawSocket(socket);
    const key = randomBytes(16).toString("base64");
    const lines = [`GET /v1/socket HTTP/1.1`, `host: 127.0.0.1:${port}`, "connection: Upgrade", "upgrade: websocket"];
    const head = [...lines, "sec-websocket-version: 13", `sec-websocket-key: ${key}`, "", ""].join("\r\n");
    // What is sent before the answer has come is a frame already.
    socket.write(Buffer.concat([Buffer.from(head), first]));
    const end = await eventually("the upgrade", () => {
      const index = raw.#bytes.indexOf("\r\n\r\n");
      return index > 0 ? index : undefined;
    });
    assert.match(raw.#bytes.subarray(0, end).toString(), /^HTTP\/1\.1 101 /);
    raw.#bytes = raw.#bytes.subarray(end + 4);
    return raw;
  }

  write(...frames: Buffer[]): void {
    for (const each of frames) this.socket.write(each);
  }

  /** The frames that came: opcode and payload. */
  get frames(): ReadFrame[] {
    const frames = [];
    for (let rest = this.#bytes, frame = readFrame(rest); frame; frame = readFrame(rest)) {
      frames.push(frame);
      rest = rest.subarray(frame.end);
    }
    return frames;
  }

  async text(part: string): Promise<string> {
    return eventually(part, () =>
      this.frames.map(({ payload }) => payload.toString()).find((text) => text.includes(part)),
    );
  }

  /** The code of the close frame, once it has come. */
  async closeCode(): Promise<number> {
    return eventually("a close frame", () => this.frames.find(({ opcode }) => opcode === 8)?.payload.readUInt16BE(0));
  }
}

const connectFrame = frameOf('{"type":"connect"}');
const ping = '{"type":"ping","ref":"p"}';

describe("the WebSocket protocol, RFC 6455", function () {
  this.timeout(60_000);
  let bus: GatewayBus;
  let port: number;
  const open: RawSocket[] = [];

  before(async () => {
    bus = await GatewayBus.start();
    ({ port } = await bus.startGateway("--max-payload", "64KiB", "--ping-interval", "8001ms"));
  });

  afterEach(() => {
    for (const { socket } of open.splice(0)) socket.destroy();
  });

  after(() => bus.stop());

  const connected = async (...more: Buffer[]) => {
    const raw = await RawSocket.open(port, connectFrame);
    open.push(raw);
    raw.write(...more);
    return raw;
  };

  it("takes a frame that comes right behind the upgrade", async () => {
    assert.match(await (await connected()).text("welcome"), /"recovered":false/);
  });

  it("joins fragments, with control frames between them, byte by byte", async () => {
    const raw = await connected();
    const pieces = [
      frameOf(ping.slice(0, 5), { isFinal: false }),
      frameOf("are you there", { opcode: 9 }),
      frameOf(ping.slice(5, 9), { opcode: 0, isFinal: false }),
      frameOf("", { opcode: 0, isFinal: false }),
      frameOf(ping.slice(9), { opcode: 0 }),
    ];
    for (const byte of Buffer.concat(pieces)) raw.write(Buffer.from([byte]));
    assert.equal(await raw.text("pong"), '{"type":"pong","ref":"p"}');
    assert.equal(raw.frames.find(({ opcode }) => opcode === 10)?.payload.toString(), "are you there");
  });

  it("takes binary frames for what text frames are", async () => {
    assert.equal(await (await connected(frameOf(ping, { opcode: 2 }))).text("pong"), '{"type":"pong","ref":"p"}');
  });

  const broken: Record<string, [Buffer[], number]> = {
    "a frame that is not masked": [[frameOf(ping, { isMasked: false })], 1002],
    "reserved bits": [[frameOf(ping, { reserved: 4 })], 1002],
    "an unknown opcode": [[frameOf(ping, { opcode: 3 })], 1002],
    "a continuation of nothing": [[frameOf(ping, { opcode: 0 })], 1002],
    "a new message within fragments": [[frameOf(ping, { isFinal: false }), frameOf(ping)], 1002],
    "a fragmented ping": [[frameOf("x", { opcode: 9, isFinal: false })], 1002],
    "a ping that is too long": [[frameOf("x".repeat(126), { opcode: 9 })], 1002],
    "a close frame of one byte": [[frameOf("x", { opcode: 8 })], 1002],
    "a close code that must not be sent": [[frameOf(Buffer.from([0x03, 0xee]), { opcode: 8 })], 1002],
    "text that is not UTF-8": [[frameOf(Buffer.from([0x22, 0xff, 0x22]))], 1007],
    "text whose last character is cut": [[frameOf(Buffer.from([0xc3]), {})], 1007],
    "a frame that is too large": [[frameOf("x".repeat(129 * 1024))], 1009],
    "fragments that are too large together": [
      [frameOf("x".repeat(100 * 1024), { isFinal: false }), frameOf("x".repeat(100 * 1024), { opcode: 0 })],
      1009,
    ],
    "a message in more fragments than it has KiB": [
      [frameOf("{", { isFinal: false }), ...new Array<Buffer>(300).fill(frameOf("", { opcode: 0, isFinal: false }))],
      1008,
    ],
  };
  for (const [what, [frames, code]] of Object.entries(broken)) {
    it(`ends with ${code} for ${what}`, async () => {
      const raw = await connected(...frames);
      assert.equal(await raw.closeCode(), code);
      raw.write(frameOf(Buffer.from([code >> 8, code & 0xff]), { opcode: 8 }));
      await eventually("the end", () => raw.isClosed);
    });
  }

  it("ends a connection whose message does not arrive in time, or whose first frame does not come", async () => {
    const { port: impatient, admin } = await bus.startGateway("--request-timeout", "1s", "--first-frame-timeout", "1s");
    const silent = await RawSocket.open(impatient);
    const dawdling = await RawSocket.open(impatient, connectFrame);
    open.push(silent, dawdling);
    dawdling.write(frameOf(ping.slice(0, 5), { isFinal: false }));
    assert.equal(await silent.closeCode(), 4408);
    assert.equal(await dawdling.closeCode(), 4408);
    assert.equal(await metricOf(admin, 'exo_gateway_frames_total{kind="frame",outcome="timed_out"}'), 2);
  });

  it("answers a close frame with one, and ends", async () => {
    const raw = await connected(frameOf(Buffer.from([0x03, 0xe8]), { opcode: 8 }));
    assert.equal(await raw.closeCode(), 1000);
    raw.socket.end();
    await eventually("the end", () => raw.isClosed);
  });

  it("ends a connection that does not answer a ping, whatever it is otherwise", async () => {
    const raw = await connected();
    await eventually("the end", () => raw.isClosed, 30_000);
    assert.ok(raw.frames.some(({ opcode }) => opcode === 9));
  });
});
