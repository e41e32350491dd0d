import type { IncomingMessage, ServerResponse } from "node:http";
import type { Desk } from "../core/desk.ts";
import type { LiveSink } from "../core/live-session.ts";
import { LiveSession } from "../core/live-session.ts";
import { welcomeFrame } from "../core/server-frame.ts";
import { closeCodes, type Session } from "../core/session.ts";
import type { Opened } from "../core/sessions.ts";

/** How soon a browser comes back, in milliseconds: with jitter of its own it would be better, but none has it. */
const retryMs = 1_500;
/** The same where it should stay away, in milliseconds: a day is as long as there is. */
const stayAwayMs = 86_400_000;
/** How long a client may take to read the last event, in milliseconds, before it is cut off. */
const lingerMs = 10_000;

/** Nobody should come back by themselves after these. */
const staysAway: ReadonlySet<number> = new Set([closeCodes.ended, closeCodes.takenOver]);

/** What every stream begins with. */
export const streamHeaders = {
  "content-type": "text/event-stream",
  "cache-control": "no-store, no-transform",
  // Or nginx keeps events until it has a page of them.
  "x-accel-buffering": "no",
} as const;

/** Server-sent events of one session: https://html.spec.whatwg.org/multipage/server-sent-events.html. */
export class EventStream implements LiveSink {
  readonly #response: ServerResponse;
  readonly #desk: Desk;
  readonly #live: LiveSession;
  readonly #session: Session;
  #cancelPing: () => void = () => {};

  /** Throws a Denied before anything is written. */
  constructor(request: IncomingMessage, response: ServerResponse, desk: Desk, opened: Opened) {
    this.#response = response;
    this.#desk = desk;
    this.#session = opened.session;
    this.#live = new LiveSession(desk, opened, this);
    request.socket.setKeepAlive(true, desk.pingMs);
    request.socket.setNoDelay(true);
    response.writeHead(200, streamHeaders);
    response.on("drain", () => this.#live.wake());
    this.#welcome(opened);
    this.#live.start();
    this.#schedulePing();
  }

  get waitingBytes(): number {
    return this.#response.writableLength;
  }

  push(offset: number, frame: string): void {
    this.#response.write(`id: ${offset}.${this.#token}\ndata: ${frame}\n\n`);
  }

  /** The connection has ended. */
  gone(): void {
    this.#cancelPing();
    this.#live.gone();
  }

  /** Ends it. */
  end(code: number, reason: string): void {
    this.#live.end(code, reason);
  }

  finish(code: number, reason: string): void {
    this.#cancelPing();
    const retry = staysAway.has(code) ? `retry: ${stayAwayMs}\n` : "";
    const data = JSON.stringify({ type: "close", code, reason });
    this.#response.end(`${retry}event: close\ndata: ${data}\n\n`);
    setTimeout(() => this.#response.destroy(), lingerMs).unref();
  }

  get #token(): string {
    return this.#desk.tokens.write(this.#session);
  }

  #welcome(opened: Opened): void {
    const { pingMs, ttlMs, maxPayloadBytes } = this.#desk;
    const token = this.#token;
    const frame = welcomeFrame(opened, { token, pingMs, ttlMs, maxPayload: maxPayloadBytes });
    this.#response.write(`retry: ${retryMs}\n\nevent: welcome\nid: ${opened.offset}.${token}\ndata: ${frame}\n\n`);
  }

  #schedulePing(): void {
    this.#cancelPing = this.#desk.clock.after(this.#desk.pingMs, () => {
      // Who does not read has enough to read.
      if (this.#response.writableLength === 0) this.#response.write(": ping\n\n");
      this.#schedulePing();
    });
  }
}
