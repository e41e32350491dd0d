import { type ClientOptions, WebSocket } from "ws";
import { eventually } from "./eventually.ts";

/** A frame as a client sees it. */
export type Frame = Readonly<Record<string, unknown>>;

/** What the gateway says first. */
export interface Welcome extends Frame {
  readonly session: string;
  readonly sessionId: string;
  readonly recovered: boolean;
  readonly offset: number;
}

/** A client of the gateway by the library `ws`: nothing of ours but the names of the frames. */
export class WsClient {
  readonly socket: WebSocket;
  readonly frames: Frame[] = [];
  readonly texts: string[] = [];
  closed: { readonly code: number; readonly reason: string } | undefined;
  /** Confirms every message as it comes. */
  confirms = false;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data) => {
      const text = String(data);
      const frame = JSON.parse(text) as Frame;
      this.texts.push(text);
      this.frames.push(frame);
      if (this.confirms && typeof frame.offset === "number" && frame.name !== undefined)
        this.send({ type: "ack", offset: frame.offset });
    });
    socket.on("close", (code, reason) => {
      this.closed = { code, reason: String(reason) };
    });
    socket.on("error", () => {});
  }

  /** Opens a WebSocket, and says nothing. */
  static open(url: string, options: ClientOptions = {}, path = "/v1/socket"): Promise<WsClient> {
    const client = new WsClient(new WebSocket(url.replace(/^http/, "ws") + path, options));
    return new Promise((resolve, reject) => {
      client.socket.once("open", () => resolve(client));
      client.socket.once("unexpected-response", (_request, response) => {
        let body = "";
        response.on("data", (chunk) => {
          body += String(chunk);
        });
        response.on("end", () =>
          reject(
            Object.assign(new Error(`${response.statusCode}`), {
              status: response.statusCode,
              headers: response.headers,
              body,
            }),
          ),
        );
      });
    });
  }

  /** Opens one and connects. */
  static async connect(url: string, connect: Frame = {}, options: ClientOptions = {}): Promise<WsClient> {
    const client = await WsClient.open(url, options);
    client.send({ type: "connect", ...connect });
    await client.frame("welcome");
    return client;
  }

  get welcome(): Welcome {
    return this.frames.find(({ type }) => type === "welcome") as Welcome;
  }

  /** What was pushed so far. */
  get pushed(): Frame[] {
    return this.frames.filter(({ name, offset }) => name !== undefined && offset !== undefined);
  }

  /** The offset that this client has come to. */
  get offset(): number {
    return (this.pushed.at(-1)?.offset as number | undefined) ?? this.welcome.offset;
  }

  /** What a client says that comes back. */
  get position(): Frame {
    return { session: this.welcome.session, offset: this.offset };
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  /** Waits for a frame of a type, the nth. */
  frame(type: string, nth = 1): Promise<Frame> {
    return eventually(
      `frame ${nth} of type ${type}, not only ${this.texts.join(" ")}`,
      () => this.frames.filter((each) => each.type === type)[nth - 1],
    );
  }

  /** Waits for the answer to a frame. */
  answer(ref: string | number): Promise<Frame> {
    return eventually(`the answer to ${ref}`, () => this.frames.find((frame) => frame.ref === ref));
  }

  /** Waits for the nth pushed message. */
  message(nth = 1): Promise<Frame> {
    return eventually(`message ${nth}`, () => this.pushed[nth - 1]);
  }

  /** Waits for the end. */
  end(): Promise<{ readonly code: number; readonly reason: string }> {
    return eventually("the end of the connection", () => this.closed, 20_000);
  }

  /** Cuts the connection without a word. */
  drop(): void {
    this.socket.terminate();
  }
}
