import type { ServerResponse } from "node:http";
import { endWithClient } from "@exosphere/http";
import { jsonForApp } from "@exosphere/message";
import type { Incoming } from "../core/bus.ts";
import { OutstandingDeliveries } from "../core/outstanding.ts";
import { RequestTurns } from "../core/request-turns.ts";
import type { Ending, HandledObserver, Seat, Taker } from "../core/seat.ts";
import { eventText, keepAlive, preamble } from "./event-text.ts";

/** What every inbox begins with. */
export const inboxHeaders = {
  "content-type": "text/event-stream",
  "cache-control": "no-store",
  // For proxies that would collect a while before they pass anything on.
  "x-accel-buffering": "no",
} as const;

/** What waits for a client that does not read, in bytes, before it is given no more: as for a WebSocket. */
const maxWaitingBytes = 1024 * 1024;
/** Between two comments that show that the other end is still there, in milliseconds: what the HTML standard advises. */
const keepAliveMs = 15_000;

/** What a stream needs from the edge around it. */
export interface InboxStreamHost {
  readonly response: ServerResponse;
  /** What its delivery ids begin with. No other stream has the same. */
  readonly prefix: string;
  /** Bytes that may wait for a client that does not read, before deliveries that were under way go back. */
  readonly maxUnreadBytes: number;
  /** Unsettled deliveries that the client is given. */
  readonly concurrency: () => number;
  readonly observer: HandledObserver;
  readonly after: (delayMs: number, run: () => void) => () => void;
  /** A delivery was settled. */
  progressed(): void;
  ended(): void;
}

/** One `GET /v1/inbox`, until either end closes it. */
export class InboxStream implements Taker {
  readonly #host: InboxStreamHost;
  #seat: Seat | undefined;
  #deliveries: OutstandingDeliveries | undefined;
  #turns: RequestTurns | undefined;
  #count = 0;
  #isSlow = false;
  #isEnded = false;
  #cancelKeepAlive = () => {};

  constructor(host: InboxStreamHost) {
    this.#host = host;
  }

  /** How many unsettled deliveries it takes. */
  get window(): number {
    return this.#isEnded || this.#isSlow ? 0 : this.#host.concurrency();
  }

  /** Whether it has settled everything that it was given. */
  get isIdle(): boolean {
    return this.#deliveries?.isEmpty ?? true;
  }

  /** Bytes that wait for the client. */
  get waitingBytes(): number {
    return this.#host.response.writableLength;
  }

  /** Begins to give messages from this place on the bus. */
  open(seat: Seat): void {
    const { response, observer, after } = this.#host;
    this.#seat = seat;
    const clock = { now: () => performance.now(), after };
    this.#deliveries = new OutstandingDeliveries({ seat, observer, settlesItself: true, clock });
    const expired = (incoming: Incoming) => seat.settle(incoming, "returned");
    this.#turns = new RequestTurns({ received: seat.received, habit: "at once", clock, expired });
    response.on("close", () => this.#end());
    endWithClient(response);
    response.writeHead(200, inboxHeaders);
    response.write(preamble);
    this.#keepAlive();
    seat.windowChanged();
  }

  /** Gives a message to the app. */
  deliver(incoming: Incoming): void {
    const turns = this.#turns;
    if (!this.#seat || !turns) return;
    // Without a name: the routes changed while it was under way, and the role no longer receives it.
    const isTaken = !this.#isEnded && incoming.name !== "" && this.waitingBytes < this.#host.maxUnreadBytes;
    if (!isTaken) return this.#seat.settle(incoming, "returned");
    turns.take(incoming, () => this.#give(incoming));
  }

  #give(incoming: Incoming): void {
    if (!this.#deliveries) return;
    this.#count += 1;
    const id = `${this.#host.prefix}${this.#count}`;
    const written = this.#deliveries.add(incoming, id);
    this.#host.response.write(eventText(id, jsonForApp(incoming)), (error) => {
      written(error);
      if (this.#isSlow && this.waitingBytes < maxWaitingBytes / 2) this.#slow(false);
    });
    if (this.waitingBytes > maxWaitingBytes && !this.#isSlow) this.#slow(true);
  }

  /** The app settles a delivery. False if it has none of this id. */
  settle(id: string, ending: Ending): boolean {
    const isKnown = this.#deliveries?.settle(id, ending) ?? false;
    if (isKnown) this.#host.progressed();
    return isKnown;
  }

  /** Takes no more deliveries, as this process is about to shut down. */
  drain(): void {
    this.#seat?.windowChanged();
    for (const incoming of this.#turns?.release() ?? []) this.#seat?.settle(incoming, "returned");
  }

  /** Ends it. What the app may have seen and has not settled has failed. */
  close(): void {
    this.#end();
    this.#host.response.end();
  }

  #slow(isSlow: boolean): void {
    this.#isSlow = isSlow;
    if (!this.#isEnded) this.#seat?.windowChanged();
  }

  #keepAlive(): void {
    this.#cancelKeepAlive = this.#host.after(keepAliveMs, () => {
      // Nor is a client that does not read helped by more to read.
      if (this.waitingBytes === 0) this.#host.response.write(keepAlive);
      this.#keepAlive();
    });
  }

  /** Nothing reaches the app by this stream any more. */
  #end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#cancelKeepAlive();
    // No credit first, then the messages: else the bus would give them straight back.
    this.#seat?.windowChanged();
    for (const incoming of this.#turns?.close() ?? []) this.#seat?.settle(incoming, "returned");
    this.#deliveries?.giveUp();
    this.#seat?.leave();
    this.#host.ended();
  }
}
