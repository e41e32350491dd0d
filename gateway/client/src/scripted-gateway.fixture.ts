import type { WebSocketLike } from "./client-options.ts";

type Handle = ((event: never) => void) | null;
type Frame = Record<string, unknown>;

/** The gateway's end of WebSockets that are none: says what a test tells it to, and keeps what it was sent. */
export class ScriptedGateway {
  readonly sockets: ScriptedSocket[] = [];
  /** Welcomes whoever connects, unless a test wants to do that. */
  welcome: Frame | undefined = {};
  /** The constructor that a client is given. */
  readonly WebSocket: new (
    url: string,
  ) => WebSocketLike;

  constructor() {
    const gateway = this;
    this.WebSocket = class extends ScriptedSocket {
      constructor(_url: string) {
        super(gateway);
        gateway.sockets.push(this);
        queueMicrotask(() => this.open());
      }
    };
  }

  /** The latest connection. */
  get socket(): ScriptedSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error("Nobody has connected.");
    return socket;
  }

  /** What came by the latest connection. */
  get received(): readonly Frame[] {
    return this.socket.received;
  }
}

/** One connection. */
export class ScriptedSocket implements WebSocketLike {
  onopen: Handle = null;
  onmessage: Handle = null;
  onclose: Handle = null;
  onerror: Handle = null;
  readonly received: Frame[] = [];
  closedWith: number | undefined;
  readonly #gateway: ScriptedGateway;

  constructor(gateway: ScriptedGateway) {
    this.#gateway = gateway;
  }

  /** The client connects. */
  open(): void {
    this.onopen?.({} as never);
  }

  send(text: string): void {
    const frame = JSON.parse(text) as Frame;
    this.received.push(frame);
    const { welcome } = this.#gateway;
    if (frame.type === "connect" && welcome) this.say(welcomeWith(welcome));
  }

  close(code = 1005): void {
    this.closedWith = code;
  }

  /** The gateway says something. */
  say(frame: Frame | string): void {
    this.onmessage?.({ data: typeof frame === "string" ? frame : JSON.stringify(frame) } as never);
  }

  /** The gateway closes, or the connection breaks. */
  end(code = 1006, reason = ""): void {
    this.onclose?.({ code, reason } as never);
  }
}

/** A welcome as the gateway says it. */
export function welcomeWith(fields: Frame = {}): Frame {
  const rest = { recovered: false, offset: 0, pingMs: 25_000, maxPayload: 1000 };
  return { type: "welcome", session: "token-1", sessionId: "s1", ...rest, ...fields };
}

/** A pushed message. */
export function pushed(offset: number, name = "told", payload: unknown = offset): Frame {
  return { offset, name, payload, id: `m${offset}`, activityId: "a" };
}
