import type { ClientConfig } from "./client-options.ts";
import { type Frame, isPushed, type PushedFrame, type Welcome } from "./frames.ts";

/** What a connection tells. */
export interface ConnectionEvents {
  /** The gateway has taken the session up. */
  welcome(frame: Welcome): void;
  /** A message was pushed. */
  pushed(frame: PushedFrame): void;
  /** Any other frame. */
  control(frame: Exclude<Frame, PushedFrame | Welcome>): void;
  /** It is over. 1006: without a close frame. */
  closed(code: number, reason: string): void;
}

/** How long the gateway may take to say welcome, or to answer a ping, in milliseconds: as long as it gives its clients. */
const patienceMs = 8_000;

/** One WebSocket, from its `connect` frame to its end. */
export class Connection {
  readonly #socket: InstanceType<ClientConfig["WebSocket"]>;
  readonly #events: ConnectionEvents;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pingMs = Number.POSITIVE_INFINITY;
  #isOver = false;

  constructor({ url, WebSocket }: Pick<ClientConfig, "url" | "WebSocket">, connect: object, events: ConnectionEvents) {
    this.#events = events;
    this.#socket = new WebSocket(url);
    this.#socket.onopen = () => this.send(JSON.stringify({ type: "connect", ...connect }));
    this.#socket.onmessage = ({ data }: { data: unknown }) => this.#received(String(data));
    this.#socket.onclose = ({ code, reason }: { code: number; reason: string }) => this.#end(code, reason);
    // A close event follows, which says more.
    this.#socket.onerror = () => {};
    this.#expect();
  }

  /** Sends a frame. */
  send(text: string): void {
    this.#socket.send(text);
  }

  /** Ends it. Nothing more is told. */
  close(code = 1000): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#socket.close(code);
  }

  #received(text: string): void {
    if (this.#isOver) return;
    let frame: Frame;
    try {
      frame = JSON.parse(text);
    } catch {
      return this.#giveUp("The gateway sent what is no JSON.");
    }
    if (isPushed(frame)) this.#events.pushed(frame);
    else if (frame.type !== "welcome") this.#events.control(frame);
    else {
      this.#pingMs = frame.pingMs;
      this.#events.welcome(frame);
    }
    this.#rest();
  }

  /** The gateway is alive: it is asked again when it was silent for as long as it would be itself. */
  #rest(): void {
    if (this.#isOver) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        this.send('{"type":"ping"}');
        this.#expect();
      },
      Math.min(this.#pingMs, 60_000),
    );
  }

  #expect(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#giveUp("The gateway does not answer."), patienceMs);
  }

  #giveUp(reason: string): void {
    // The close event of a dead connection takes a while to come.
    this.#socket.close();
    this.#end(1006, reason);
  }

  #end(code: number, reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#events.closed(code, reason);
  }
}
