import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { defaultMaxUnreadBytes } from "@exosphere/frames";
import {
  ConnectedClients,
  collectBody,
  type Endpoint,
  queryOf,
  refuse,
  restOf,
  sendStatusProblem,
} from "@exosphere/http";
import { ExoError } from "@exosphere/proto";
import type { Log } from "@exosphere/telemetry";
import type { HandledObserver, Seats } from "../core/seat.ts";
import { InboxStream, inboxHeaders } from "./inbox-stream.ts";
import { outcomeOf } from "./settlement.ts";

/** Largest body of a settlement, in bytes. An outcome has some twenty. */
const maxSettlementBytes = 4 * 1024;

/** What the inbox needs. */
export interface InboxEdgeOptions {
  readonly seats: Seats;
  /** The role whose messages a request asks for. Throws an ExoError to refuse. */
  readonly roleOf: (request: IncomingMessage) => string;
  /** Streams at once. */
  readonly maxStreams: number;
  /** Bytes that may wait for a client that does not read. Default 16 MiB. */
  readonly maxUnreadBytes?: number;
  /** Unsettled deliveries that each client is given, at the most. */
  readonly concurrency: number;
  readonly observer: HandledObserver;
  readonly log: Log;
  /** Calls `run` once, `delayMs` from now; returns what calls it off. Default: in real time. */
  readonly after?: (delayMs: number, run: () => void) => () => void;
}

/** Messages as server-sent events, and their settlement: for apps that cannot listen: docs/reference/http-api.md. */
export class InboxEdge {
  readonly #options: InboxEdgeOptions;
  /** By what the delivery ids of a stream begin with. */
  readonly #streams = new Map<string, InboxStream>();
  readonly #clients = new ConnectedClients<InboxStream>();
  /** Makes ids of an earlier life of this process unknown ones. */
  readonly #life = randomBytes(4).toString("hex");
  #opened = 0;
  #isDraining = false;

  constructor(options: InboxEdgeOptions) {
    this.#options = options;
  }

  /** `GET /v1/inbox` and `POST /v1/settle/<delivery id>`. */
  get endpoints(): Endpoint[] {
    return [
      { method: "GET", path: "/v1/inbox", handle: (request, response) => this.#open(request, response) },
      {
        method: "POST",
        path: "/v1/settle/",
        rest: "delivery id",
        handle: (request, response, match) => this.#settle(request, response, restOf(match)),
      },
    ];
  }

  /** Open streams. */
  get size(): number {
    return this.#clients.size;
  }

  /** Bytes that wait for clients which do not read fast enough. */
  get waitingBytes(): number {
    return this.#clients.waitingBytes;
  }

  /** Takes no new streams. Resolves once the apps have settled everything that they were given, or `deadline` fires. */
  async idled(deadline: AbortSignal): Promise<void> {
    this.#isDraining = true;
    for (const stream of this.#clients) stream.drain();
    await this.#clients.until(({ isIdle }) => isIdle, deadline);
  }

  /** Ends every stream. */
  close(): void {
    this.#isDraining = true;
    for (const stream of this.#clients) stream.close();
  }

  #open(request: IncomingMessage, response: ServerResponse): void {
    const { seats, roleOf, maxStreams, concurrency, observer, after = afterRealTime } = this.#options;
    if (this.#isDraining) throw new ExoError("DRAINING", "This process is shutting down. Connect later.");
    if (this.#clients.size >= maxStreams) {
      const detail = `${maxStreams} inboxes are open already: end some first, or raise --max-websockets.`;
      throw new ExoError("RATE_LIMITED", detail, { facts: { limit: maxStreams } });
    }
    // Events are a body, which a HEAD has none of: it would wait for the end of the stream.
    if (request.method === "HEAD") return void response.writeHead(200, inboxHeaders).end();
    // A client that is gone already would be noticed by nobody any more.
    if (response.destroyed) return;
    const role = roleOf(request);
    const wanted = Math.min(concurrency, concurrencyOf(request, concurrency));
    this.#opened += 1;
    const prefix = `${this.#life}.${this.#opened}.`;
    const stream = new InboxStream({
      response,
      prefix,
      maxUnreadBytes: this.#options.maxUnreadBytes ?? defaultMaxUnreadBytes,
      concurrency: () => (this.#isDraining ? 0 : wanted),
      observer,
      after,
      progressed: () => this.#clients.progressed(),
      ended: () => {
        this.#streams.delete(prefix);
        this.#clients.delete(stream);
      },
    });
    const seat = seats.take(role, stream);
    this.#streams.set(prefix, stream);
    this.#clients.add(stream);
    stream.open(seat);
  }

  #settle(request: IncomingMessage, response: ServerResponse, id: string): void {
    collectBody(request, maxSettlementBytes, (failed, body) => {
      try {
        if (failed) throw failed;
        const outcome = outcomeOf(body);
        const stream = this.#streams.get(id.slice(0, id.lastIndexOf(".") + 1));
        if (stream?.settle(id, outcome)) response.writeHead(204).end();
        else sendStatusProblem(response, 404, whyUnknown(id, stream !== undefined));
      } catch (thrown) {
        refuse(response, thrown, this.#options.log);
      }
    });
  }
}

/** How many unsettled deliveries a client wants: `?concurrency=1` for one that handles them one after the other. */
function concurrencyOf(request: IncomingMessage, most: number): number {
  const text = queryOf(request).get("concurrency");
  if (text === null) return most;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new ExoError("INVALID_MESSAGE", `'${text.slice(0, 100)}' is not a concurrency: say how many, from 1 up.`);
}

function whyUnknown(id: string, isOfOpenStream: boolean): string {
  const shown = id.length > 100 ? `${id.slice(0, 100)}…` : id;
  const why = isOfOpenStream
    ? "It was settled before, or its deadline has passed"
    : "The inbox that it came by is no longer open, which ended what was not settled";
  return `No delivery '${shown}' waits to be settled. ${why}: take the 'id:' of an event of the open inbox, once.`;
}

function afterRealTime(delayMs: number, run: () => void): () => void {
  const timer = setTimeout(run, delayMs);
  return () => clearTimeout(timer);
}
