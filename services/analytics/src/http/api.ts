import type { ServerResponse } from "node:http";
import { type Endpoint, queryOf, restOf, sendJson, sendStatusProblem } from "@exosphere/http";
import { ExoError } from "@exosphere/proto";
import { eventFilter } from "../core/event-filter.ts";
import type { Recorder } from "../recorder.ts";
import { EventStream, streamHeaders } from "./sse.ts";

/** What the page is told of the process behind it. */
export interface Info {
  readonly version: string;
  readonly brokers: readonly string[];
  readonly keepMs: number;
  readonly payloads: boolean;
}

/** What the API is made of. */
export interface ApiOptions {
  readonly recorder: Recorder;
  readonly info: Info;
}

/** Streams that pages have open at once. A tab has two. */
const maxStreams = 64;
/** Events of the tap that a page is sent at once, and how often at the most, in milliseconds: more than anybody reads. */
const [maxBatch, batchMs] = [150, 200];
/** Activities of a page of the list. */
const [defaultLimit, maxLimit] = [50, 500];

type Query = URLSearchParams;

/** What the page asks, as JSON and as server-sent events. */
export class Api {
  readonly #recorder: Recorder;
  /** All of them show, and change nothing. */
  readonly endpoints: readonly Endpoint[];
  #streams = 0;

  constructor({ recorder, info }: ApiOptions) {
    this.#recorder = recorder;
    const { history } = recorder;
    const get = (path: string, show: (query: Query, response: ServerResponse) => void | Promise<void>): Endpoint => ({
      method: "GET",
      path,
      access: "read",
      handle: (request, response) => show(queryOf(request), response),
    });
    const stream = (path: string, open: (query: Query, response: ServerResponse) => void): Endpoint => ({
      ...get(path, open),
      handle(request, response) {
        // Events are a body, which a HEAD has none of: it would wait for the end of the stream.
        if (request.method === "HEAD") response.writeHead(200, streamHeaders).end();
        else open(queryOf(request), response);
      },
    });
    this.endpoints = [
      get("/api/info", (_, response) => sendJson(response, 200, { ...info, ...this.#status() })),
      stream("/api/live", (_, response) => this.#live(response)),
      stream("/api/tap", (query, response) => this.#tap(query, response)),
      get("/api/timeline", (_, response) => sendJson(response, 200, history.timeline())),
      get("/api/bus", (query, response) => sendJson(response, 200, this.#bus(timeOf(query, "at")) ?? null)),
      get("/api/latency", (query, response) => {
        const name = query.get("name") ?? undefined;
        sendJson(response, 200, history.latencies({ ...spanOf(query), role: query.get("role") ?? undefined, name }));
      }),
      get("/api/queues", (query, response) => {
        const { from, to } = spanOf(query);
        sendJson(response, 200, history.queues(from, to));
      }),
      get("/api/replies", (_, response) => sendJson(response, 200, [...recorder.replies].sort())),
      get("/api/activities", (query, response) => this.#search(query, response)),
      {
        method: "GET",
        path: "/api/activities/",
        rest: "activity",
        access: "read",
        handle: (_, response, match) => this.#activity(restOf(match), response),
      },
    ];
  }

  #status() {
    const { state, tap, events, archive, history } = this.#recorder;
    return { ...state, tap, events, held: archive.held(), slots: history.timeline().length };
  }

  #bus(at: number | undefined) {
    const { history } = this.#recorder;
    return at === undefined ? history.live() : history.at(at);
  }

  #live(response: ServerResponse): void {
    const stream = this.#open(response);
    const tell = () => {
      const { state, tap, history } = this.#recorder;
      stream.send("bus", { state, tap, bus: history.live() ?? null });
    };
    stream.onClose(this.#recorder.onTick(tell));
    tell();
  }

  #tap(query: Query, response: ServerResponse): void {
    const isWanted = eventFilter({
      roles: query.getAll("role"),
      names: query.getAll("name"),
      activity: query.get("activity") ?? undefined,
      troubleOnly: query.get("trouble") === "1",
    });
    const stream = this.#open(response);
    let waiting = this.#recorder.recent.filter(isWanted);
    let leftOut = 0;
    // What was before this page is no loss of it.
    let isFirst = true;
    const flush = () => {
      if (waiting.length === 0) return;
      if (!isFirst) leftOut += Math.max(0, waiting.length - maxBatch);
      isFirst = false;
      const sent = stream.send("events", { events: waiting.slice(-maxBatch), leftOut, tap: this.#recorder.tap });
      if (!sent) leftOut += Math.min(waiting.length, maxBatch);
      waiting = [];
    };
    const stop = this.#recorder.onEvents((events) => {
      for (const event of events) if (isWanted(event)) waiting.push(event);
      // Nobody gets to see more than the last of them.
      if (waiting.length > 4 * maxBatch) leftOut += waiting.splice(0, waiting.length - maxBatch).length;
    });
    const timer = setInterval(flush, batchMs);
    stream.onClose(() => {
      stop();
      clearInterval(timer);
    });
    flush();
  }

  async #search(query: Query, response: ServerResponse): Promise<void> {
    const { activities, archive } = this.#recorder;
    activities.save(Date.now());
    const text = query.get("text")?.trim();
    const found = await archive.search({
      text: text || undefined,
      role: query.get("role") || undefined,
      name: query.get("name") || undefined,
      slowerMs: numberOf(query, "slower"),
      troubleOnly: query.get("trouble") === "1",
      before: timeOf(query, "before"),
      limit: Math.min(maxLimit, numberOf(query, "limit") ?? defaultLimit),
    });
    sendJson(response, 200, found);
  }

  #activity(id: string, response: ServerResponse): void {
    const activity = this.#recorder.activities.find(id);
    if (activity) sendJson(response, 200, activity);
    else {
      const detail = "No activity of that id is kept: it may be over an hour old, or was left out under load.";
      sendStatusProblem(response, 404, detail);
    }
  }

  #open(response: ServerResponse): EventStream {
    if (this.#streams >= maxStreams)
      throw new ExoError("RATE_LIMITED", `${maxStreams} streams are open: close a page.`);
    this.#streams += 1;
    const stream = new EventStream(response);
    stream.onClose(() => {
      this.#streams -= 1;
    });
    return stream;
  }
}

function numberOf(query: Query, key: string): number | undefined {
  const text = query.get(key);
  if (text === null || text === "") return undefined;
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0) return value;
  throw new ExoError("INVALID_MESSAGE", `'${key}' is a number of 0 or more.`);
}

function timeOf(query: Query, key: string): number | undefined {
  return numberOf(query, key);
}

function spanOf(query: Query): { readonly from: number; readonly to: number } {
  return { from: timeOf(query, "from") ?? 0, to: timeOf(query, "to") ?? Number.MAX_VALUE };
}
