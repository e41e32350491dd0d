import type { IncomingMessage, ServerResponse } from "node:http";
import {
  type BodyBudget,
  type BodyDone,
  checkPayload,
  collectBody,
  errorOf,
  headOfRequest,
  type RouteMatch,
  refuse,
  restOf,
} from "@exosphere/http";
import type { Draft } from "@exosphere/message";
import type { Log } from "@exosphere/telemetry";
import type { SentObserver } from "./sent-observer.ts";

/** A request that carries a message. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The name of the message is the rest of its path. */
  readonly match: RouteMatch;
}

/** What receiving a message needs. */
export interface ReceivingOptions {
  readonly maxPayloadBytes: number;
  /** For the bodies of all requests together. */
  readonly bodies?: BodyBudget | undefined;
  readonly observer: SentObserver;
  readonly log: Log;
}

/** Reads and checks the message in a request, and gives it to `use`. What is wrong with it, also there, is answered and counted. */
export function receiveDraft(exchange: Exchange, options: ReceivingOptions, use: (draft: Draft) => void): void {
  const { request, response, match } = exchange;
  const { maxPayloadBytes, bodies, observer, log } = options;
  const refused = (name: string, thrown: unknown) => {
    const error = errorOf(thrown);
    observer.sent(name, error);
    refuse(response, error, log);
  };
  let head: Omit<Draft, "payload">;
  try {
    head = headOfRequest(request, restOf(match));
  } catch (error) {
    return refused("", error);
  }
  const done: BodyDone = (error, body) => {
    try {
      if (error) throw error;
      use({ ...head, payload: checkPayload(body) });
    } catch (thrown) {
      refused(head.name, thrown);
    }
  };
  collectBody(request, maxPayloadBytes, done, bodies);
}
