import { createRequire } from "node:module";
import type { Log } from "@exosphere/runtime";
import { messageJson } from "@exosphere/runtime/message";
import type { Pool } from "undici";
import type { Incoming } from "../core/bus.ts";
import { type AppAnswer, AppExchange } from "./app-exchange.ts";

/**
 * undici's pool, loaded by the sidecars alone that have an app to call, and without what the package has beside it: a fetch of its
 * own, for which it loads that of Node as well. All of it takes 50 ms and 17 MiB, the pool 15 ms and 3 MiB.
 */
function loadPool(): typeof Pool {
  return createRequire(import.meta.url)("undici/lib/dispatcher/pool.js") as typeof Pool;
}

/** What delivering over HTTP needs. */
export interface HttpDeliveryOptions {
  /** Where the app listens. */
  readonly app: URL;
  /** Largest answer, in bytes. */
  readonly maxAnswerBytes: number;
  readonly log: Log;
}

/** Gives deliveries to the app: `POST /run/<name>`. */
export class HttpDelivery {
  readonly #pool: Pool;
  readonly #base: string;
  readonly #maxAnswerBytes: number;
  readonly #log: Log;

  constructor({ app, maxAnswerBytes, log }: HttpDeliveryOptions) {
    const LoadedPool = loadPool();
    this.#pool = new LoadedPool(app.origin, {
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

  /** Posts a message to the app, and says once how it went. */
  deliver(incoming: Incoming, answered: (answer: AppAnswer) => void): void {
    const remainingMs = Math.max(1, Math.ceil(incoming.dueMs - performance.now()));
    const exchange = new AppExchange(remainingMs, this.#maxAnswerBytes, (answer, error) => {
      if (error) this.#log.warn({ err: error, message: incoming.name }, "a delivery to the app failed");
      answered(answer);
    });
    try {
      this.#pool.dispatch(
        {
          method: "POST",
          path: `${this.#base}/run/${encodeURIComponent(incoming.name)}`,
          headers: headersOf(incoming),
          body: messageJson(incoming),
          // The exchange has a time limit of its own.
          headersTimeout: 0,
          bodyTimeout: 0,
        },
        exchange,
      );
    } catch (error) {
      exchange.fail(error as Error);
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}

/** What W3C Trace Context has in its headers, all of it printable ASCII. A sender may say anything. */
const traceText = /^[\x20-\x7e]+$/;

function headersOf({ envelope: { traceparent, tracestate } }: Incoming): Record<string, string> {
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (traceText.test(traceparent)) headers.traceparent = traceparent;
  if (traceText.test(tracestate)) headers.tracestate = tracestate;
  return headers;
}
