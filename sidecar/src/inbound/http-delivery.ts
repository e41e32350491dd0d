import { DeadlineWatch } from "@exosphere/link";
import { addDeliveryHeaders, jsonForApp } from "@exosphere/message";
import type { Log } from "@exosphere/telemetry";
import type { Client } from "undici";
import type { Incoming } from "../core/bus.ts";
import { AppConnections } from "./app-connections.ts";
import { type AppAnswer, AppExchange } from "./app-exchange.ts";

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
  readonly #connections: AppConnections;
  readonly #base: string;
  readonly #maxAnswerBytes: number;
  readonly #log: Log;
  readonly #open = new Set<AppExchange>();
  readonly #watch = new DeadlineWatch((nowMs) => this.#sweep(nowMs));

  constructor({ app, maxAnswerBytes, log }: HttpDeliveryOptions) {
    this.#connections = new AppConnections(app.origin);
    this.#base = app.pathname.replace(/\/$/, "");
    this.#maxAnswerBytes = maxAnswerBytes;
    this.#log = log;
  }

  /** Posts a message to the app, and says once how it went. */
  deliver(incoming: Incoming, answered: (answer: AppAnswer) => void): void {
    const nowMs = performance.now();
    const { connection, wasUsed, wasIdle } = this.#connections.take();
    const exchange = new AppExchange({
      nowMs,
      dueMs: incoming.dueMs,
      maxAnswerBytes: this.#maxAnswerBytes,
      isOnUsedConnection: wasUsed,
      answered: (answer, error) => {
        const { name, id, activityId } = incoming;
        if (error) this.#log.warn({ err: error, messageName: name, id, activityId }, "a delivery to the app failed");
        answered(answer);
      },
      ended: (isWell) => {
        this.#open.delete(exchange);
        if (isWell) this.#connections.giveBack(connection);
        else this.#connections.drop(connection);
      },
    });
    this.#open.add(exchange);
    this.#watch.watch(exchange.dueMs);
    // An end that the app has sent meanwhile is found first, so that the delivery goes by another connection.
    if (wasIdle) setImmediate(() => this.#dispatch(connection, incoming, exchange));
    else this.#dispatch(connection, incoming, exchange);
  }

  async close(): Promise<void> {
    this.#watch.close();
    await this.#connections.close();
  }

  #dispatch(connection: Client, incoming: Incoming, exchange: AppExchange): void {
    // Without it any coding will do (RFC 9110, section 12.5.3), and some frameworks compress what they can.
    const headers: Record<string, string> = { "content-type": "application/json", "accept-encoding": "identity" };
    addDeliveryHeaders(headers, incoming.envelope);
    try {
      connection.dispatch(
        {
          method: "POST",
          path: `${this.#base}/run/${encodeURIComponent(incoming.name)}`,
          headers,
          body: jsonForApp(incoming),
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

  #sweep(nowMs: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const exchange of this.#open) {
      if (exchange.dueMs > nowMs) next = Math.min(next, exchange.dueMs);
      else {
        this.#open.delete(exchange);
        exchange.expire();
      }
    }
    return next;
  }
}
