import { connect } from "node:net";

/** What came back over a socket, taken apart but not decoded. */
export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: Buffer;
}

/** Bytes to write to a socket, at once or piece by piece. */
export type RawRequest = string | Buffer | AsyncIterable<Buffer>;

/**
 * Writes bytes to a port and reads until the other side closes or its Content-Length is through. For what an HTTP client
 * would mend on the way.
 */
export function rawExchange(port: number, request: RawRequest): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let received = Buffer.alloc(0);
    const settle = () => {
      const answer = parse(received);
      if (answer) resolve(answer);
      else reject(new Error(`no complete answer: ${JSON.stringify(received.toString("latin1"))}`));
      socket.destroy();
    };
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (parse(received)?.isComplete) settle();
    });
    socket.on("end", settle);
    // The other side may cut us off while we still write; what it said before counts.
    socket.on("error", settle);
    void write(request, (piece) => writeTo(socket, piece)).catch(() => {});
  });
}

/** Writes requests one behind the other on one connection, and gives the status of each answer in their order. */
export function rawStatuses(port: number, requests: readonly Buffer[]): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
      if (statuses.length < requests.length) return;
      resolve(statuses);
      socket.destroy();
    });
    socket.on("error", reject);
    socket.on("end", () => reject(new Error("the connection was ended before every answer had come")));
    socket.write(Buffer.concat(requests));
  });
}

/** A POST as a text, with a Host header and Content-Length. */
export function rawPost(path: string, body: string | Buffer, headers: Readonly<Record<string, string>> = {}): Buffer {
  const bytes = Buffer.from(body);
  const lines = Object.entries({ host: "localhost", "content-length": String(bytes.length), ...headers });
  const head = `POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
  return Buffer.concat([Buffer.from(head), bytes]);
}

async function write(request: RawRequest, piece: (bytes: Buffer) => Promise<boolean>): Promise<void> {
  if (typeof request === "string" || Buffer.isBuffer(request)) {
    await piece(Buffer.from(request));
    return;
  }
  for await (const bytes of request) if (!(await piece(bytes))) return;
}

/** Resolves once there is room for more: false if the socket is gone. */
function writeTo(socket: ReturnType<typeof connect>, bytes: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    if (socket.destroyed) return resolve(false);
    if (socket.write(bytes)) return resolve(true);
    socket.once("drain", () => resolve(true));
    socket.once("close", () => resolve(false));
  });
}

function parse(bytes: Buffer): (RawAnswer & { readonly isComplete: boolean }) | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  if (end === -1) return undefined;
  const head = bytes.subarray(0, end).toString("latin1");
  const body = bytes.subarray(end + 4);
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]);
  return { status, head, body, isComplete: length !== undefined && body.length >= Number(length) };
}
