import { createHash, randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { eventually } from "./eventually.ts";
import { type FrameOptions, frameOf, opcodes, readFrame } from "./websocket-frames.ts";

/** A WebSocket client by hand (RFC 6455), as services in any language have one: nothing of ours, and no library. */
export class RawWebSocket {
  readonly #socket: Socket;
  #buffered = Buffer.alloc(0);
  /** Texts of the data frames that came, as they came. */
  readonly texts: string[] = [];
  /** Is called with each of them. */
  onText: ((text: string) => void) | undefined;
  pings = 0;
  answersPings = true;
  /** Code of the close frame that came. */
  closeCode: number | undefined;
  isClosed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("close", () => {
      this.isClosed = true;
    });
    socket.on("error", () => {});
  }

  /** The head of the answer to an upgrade, and the client if it was 101. */
  static async upgrade(port: number, headers: Readonly<Record<string, string>> = {}, path = "/services") {
    const socket = connect(port, "127.0.0.1");
    const key = randomBytes(16).toString("base64");
    const all = {
      host: `127.0.0.1:${port}`,
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": key,
      ...headers,
    };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`);
    const client = new RawWebSocket(socket);
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    socket.once("error", reject);
    socket.on("data", function onHead(chunk: Buffer) {
      client.#buffered = Buffer.concat([client.#buffered, chunk]);
      const end = client.#buffered.indexOf("\r\n\r\n");
      if (end === -1) return;
      const head = client.#buffered.subarray(0, end).toString("latin1");
      if (head.startsWith("HTTP/1.1 101")) {
        socket.off("data", onHead);
        client.#buffered = client.#buffered.subarray(end + 4);
        socket.on("data", (more: Buffer) => client.#read(more));
        client.#read(Buffer.alloc(0));
      }
      resolve(head);
    });
    const head = await promise;
    const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
    const isOpen = head.toLowerCase().includes(`sec-websocket-accept: ${accept.toLowerCase()}`);
    if (!isOpen) socket.destroy();
    return { head, status: Number(head.slice(9, 12)), client: isOpen ? client : undefined };
  }

  static async connect(port: number): Promise<RawWebSocket> {
    const { head, client } = await RawWebSocket.upgrade(port);
    if (!client) throw new Error(`no WebSocket: ${head}`);
    return client;
  }

  /** Connects and registers. */
  static async register(port: number, role: string, payload?: object): Promise<RawWebSocket> {
    const client = await RawWebSocket.connect(port);
    client.send({ name: "exocom.register-service", sender: role, ...(payload && { payload }) });
    return client;
  }

  /** The messages that came. */
  get messages(): Record<string, unknown>[] {
    return this.texts.map((text) => JSON.parse(text) as Record<string, unknown>);
  }

  /** Waits for the nth message of a name. */
  message(name: string, nth = 1): Promise<Record<string, unknown>> {
    return eventually(
      `message ${nth} of '${name}'`,
      () => this.messages.filter((message) => message.name === name)[nth - 1],
    );
  }

  /** Sends a text as it is, anything else as JSON. */
  send(message: unknown, options: FrameOptions = {}): void {
    const payload = Buffer.isBuffer(message)
      ? message
      : Buffer.from(typeof message === "string" ? message : JSON.stringify(message));
    this.write(frameOf(payload, options));
  }

  write(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  /** Says goodbye as the standard has it. */
  goodbye(): void {
    this.send(Buffer.from([0x03, 0xe8]), { opcode: opcodes.close });
  }

  /** Ends the connection without a word. */
  drop(): void {
    this.#socket.destroy();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  closed(): Promise<true> {
    return eventually("the end of the connection", () => this.isClosed || undefined, 20_000);
  }

  async stop(): Promise<void> {
    this.drop();
  }

  #read(chunk: Buffer): void {
    this.#buffered = Buffer.concat([this.#buffered, chunk]);
    for (let frame = readFrame(this.#buffered); frame; frame = readFrame(this.#buffered)) {
      this.#buffered = this.#buffered.subarray(frame.end);
      const { opcode, payload } = frame;
      if (opcode === opcodes.text) {
        this.texts.push(payload.toString("utf8"));
        this.onText?.(payload.toString("utf8"));
      } else if (opcode === opcodes.close) {
        this.closeCode = payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
        this.send(payload, { opcode: opcodes.close });
        this.#socket.end();
      } else if (opcode === opcodes.ping) {
        this.pings += 1;
        if (this.answersPings) this.send(payload, { opcode: opcodes.pong });
      }
    }
  }
}
