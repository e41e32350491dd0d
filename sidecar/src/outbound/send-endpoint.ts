import type { ServerResponse } from "node:http";
import { type Endpoint, refuse } from "@exosphere/http";
import type { Bus } from "../core/bus.ts";
import type { MessageCompleter } from "../core/outgoing-message.ts";
import { type ReceivingOptions, receiveDraft } from "./receive-draft.ts";
import { acceptedText } from "./sent-answer.ts";

/** What the endpoints that send need. */
export interface SendingOptions extends ReceivingOptions {
  readonly bus: Bus;
  readonly completer: MessageCompleter;
}

/** Who sends: its place on the bus. */
export type Sender = Pick<SendingOptions, "bus" | "completer" | "observer">;

/** `POST /v1/send/<name>`: 202 with the ids once the bus has accepted the message. */
export function sendEndpoint(options: SendingOptions): Endpoint {
  const { bus, completer, observer, log } = options;
  return {
    method: "POST",
    path: "/v1/send/",
    handle(request, response, match) {
      receiveDraft({ request, response, match }, options, (draft) => {
        const message = completer.complete(draft);
        bus.send(message, (refused) => {
          observer.sent(message.name, refused);
          if (refused) refuse(response, refused, log);
          else answer(response, message.id, message.activityId);
        });
      });
    },
  };
}

function answer(response: ServerResponse, id: string, activityId: string): void {
  const body = acceptedText(id, activityId);
  response.writeHead(202, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  response.end(body);
}
