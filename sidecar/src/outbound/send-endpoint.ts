import type { ServerResponse } from "node:http";
import { collectBody, type Log } from "@exosphere/runtime";
import type { Bus } from "../core/bus.ts";
import type { MessageCompleter } from "../core/outgoing-message.ts";
import { checkPayload, headOfRequest } from "./draft-of-request.ts";
import { type Endpoint, refuse } from "./json-edge.ts";
import type { SentObserver } from "./sent-observer.ts";

/** What the endpoints that send need. */
export interface SendingOptions {
  readonly bus: Bus;
  readonly completer: MessageCompleter;
  readonly maxPayloadBytes: number;
  readonly observer: SentObserver;
  readonly log: Log;
}

/** `POST /v1/send/<name>`: 202 with the ids once the bus has accepted the message. */
export function sendEndpoint(options: SendingOptions): Endpoint {
  const { bus, completer, maxPayloadBytes, observer, log } = options;
  return {
    method: "POST",
    path: "/v1/send/",
    handle(request, response, rest) {
      const head = headOfRequest(request, rest);
      collectBody(request, maxPayloadBytes, (error, body) => {
        attempt(response, log, () => {
          if (error) throw error;
          const message = completer.complete({ ...head, payload: checkPayload(body) });
          bus.send(message, (refused) => {
            observer.sent(message.name, refused);
            if (refused) refuse(response, refused, log);
            else answer(response, message.id, message.activityId);
          });
        });
      });
    },
  };
}

/** Runs what may throw; what it throws becomes the answer. */
export function attempt(response: ServerResponse, log: Log, run: () => void): void {
  try {
    run();
  } catch (error) {
    refuse(response, error, log);
  }
}

function answer(response: ServerResponse, id: string, activityId: string): void {
  const body = `{"id":${JSON.stringify(id)},"activityId":${JSON.stringify(activityId)}}`;
  response.writeHead(202, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  response.end(body);
}
