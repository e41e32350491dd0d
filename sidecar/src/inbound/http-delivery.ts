import type { Log } from "@exosphere/runtime";
import { type Dispatcher, Pool } from "undici";
import { type Verdict, verdictOf } from "../core/answer.ts";
import type { Incoming } from "../core/bus.ts";
import { messageJson } from "../core/message-json.ts";

/** What the app said to a delivery. */
export interface AppAnswer extends Verdict {
  /** The body of a `done`, or empty. */
  readonly body: Buffer;
  /** The app says that the body is JSON. */
  readonly isJson: boolean;
  /** The app did not even take the connection. */
  readonly isUnreachable: boolean;
}

/** What delivering over HTTP needs. */
export interface HttpDeliveryOptions {
  /** Where the app listens. */
  readonly app: URL;
  /** Largest answer, in bytes. */
  readonly maxAnswerBytes: number;
  readonly log: Log;
}

/** Errors of undici and Node that come before the app was sent anything. */
const beforeSent: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** RFC 8259, and the types that are made of it: RFC 6839, section 3.1. */
const jsonType = /^application\/(?:[^;]+\+)?json\s*(?:;|$)/i;

const nothing = Buffer.alloc(0);

/** Gives deliveries to the app: `POST /run/<name>`. */
export class HttpDelivery {
  readonly #pool: Pool;
  readonly #base: string;
  readonly #maxAnswerBytes: number;
  readonly #log: Log;

  constructor({ app, maxAnswerBytes, log }: HttpDeliveryOptions) {
    this.#pool = new Pool(app.origin, {
      // As many as there are deliveries, which the broker limits. A handler that waits for a reply gives its slot to another
      // delivery; that one must not wait here for a connection, as it may be what the reply depends on.
      connections: null,
      pipelining: 1,
      connect: { timeout: 2_000 },
    });
    this.#base = app.pathname.replace(/\/$/, "");
    this.#maxAnswerBytes = maxAnswerBytes;
    this.#log = log;
  }

  /** Posts a message to the app and says how it went. Never rejects. */
  async deliver(incoming: Incoming): Promise<AppAnswer> {
    const remainingMs = Math.max(1, Math.ceil(incoming.dueMs - performance.now()));
    try {
      const response = await this.#pool.request({
        method: "POST",
        path: `${this.#base}/run/${encodeURIComponent(incoming.name)}`,
        headers: headersOf(incoming),
        body: messageJson(incoming),
        signal: AbortSignal.timeout(Math.min(remainingMs, 0x7fff_ffff)),
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      return await this.#read(response);
    } catch (error) {
      return this.#failed(error as NodeJS.ErrnoException, incoming);
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #read({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<AppAnswer> {
    const verdict = verdictOf(statusCode, textOf(headers["retry-after"]), Date.now());
    if (verdict.outcome !== "done") {
      // The status says it all: what the app writes beside may be long, cut off, or never end.
      body.dump().catch(() => {});
      return { ...verdict, body: nothing, isJson: false, isUnreachable: false };
    }
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of body) {
      bytes += (chunk as Buffer).length;
      if (bytes > this.#maxAnswerBytes) {
        body.destroy();
        return failed(`The app's answer has more than ${this.#maxAnswerBytes} bytes.`);
      }
      chunks.push(chunk as Buffer);
    }
    const isJson = jsonType.test(textOf(headers["content-type"]) ?? "");
    return { ...verdict, body: Buffer.concat(chunks), isJson, isUnreachable: false };
  }

  #failed(error: NodeJS.ErrnoException, { name }: Incoming): AppAnswer {
    const code = error.code ?? "";
    if (beforeSent.has(code)) {
      const detail = `The app refused the connection (${code}).`;
      return { outcome: "retry", retryAfterMs: 0, detail, body: nothing, isJson: false, isUnreachable: true };
    }
    this.#log.warn({ err: error, message: name }, "a delivery to the app failed");
    if (error.name === "TimeoutError") return failed("The app did not answer within the deadline.");
    if (error.name === "HTTPParserError") return failed("What the app answered is not HTTP.");
    return failed("The connection to the app was lost before it answered.");
  }
}

function failed(detail: string): AppAnswer {
  return { outcome: "failed", retryAfterMs: 0, detail, body: nothing, isJson: false, isUnreachable: false };
}

function textOf(header: string | string[] | undefined): string | undefined {
  return typeof header === "string" ? header : undefined;
}

/** What W3C Trace Context has in its headers, all of it printable ASCII. A sender may say anything. */
const traceText = /^[\x20-\x7e]+$/;

function headersOf({ envelope: { traceparent, tracestate } }: Incoming): Record<string, string> {
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (traceText.test(traceparent)) headers.traceparent = traceparent;
  if (traceText.test(tracestate)) headers.tracestate = tracestate;
  return headers;
}
