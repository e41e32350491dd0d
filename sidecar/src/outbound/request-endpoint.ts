import { type Endpoint, refuse } from "@exosphere/http";
import { jsonForApp } from "@exosphere/message";
import { ExoError } from "@exosphere/proto";
import { receiveDraft } from "./receive-draft.ts";
import type { SendingOptions } from "./send-endpoint.ts";

/** How long a request waits for its reply if its caller does not say, in milliseconds: docs/reference/http-api.md. */
const defaultDeadlineMs = 10_000;

/** What the endpoint for requests needs. */
export interface RequestingOptions extends SendingOptions {
  /** Requests that may wait for their replies at once. */
  readonly maxOpenRequests: number;
}

/** `POST /v1/request/<name>`: 200 with the reply as a message. */
export function requestEndpoint(options: RequestingOptions): Endpoint {
  const { bus, completer, maxOpenRequests, observer, log } = options;
  let open = 0;
  return {
    method: "POST",
    path: "/v1/request/",
    handle(request, response, match) {
      receiveDraft({ request, response, match }, options, (draft) => {
        const message = completer.completeRequest(draft, defaultDeadlineMs);
        if (open >= maxOpenRequests) throw tooManyOpen(maxOpenRequests);
        open += 1;
        const startedMs = performance.now();
        const number = bus.request(message, (failed, reply) => {
          observer.sent(message.name, failed);
          observer.answered(message.name, (performance.now() - startedMs) / 1000);
          if (!reply) return refuse(response, failed, log);
          const text = jsonForApp(reply);
          response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
          response.end(text);
        });
        response.on("close", () => {
          open -= 1;
          // A caller that hung up needs no reply, and its slot at the bus can go to others.
          if (!response.writableFinished) bus.abandon(number);
        });
      });
    },
  };
}

function tooManyOpen(limit: number): ExoError {
  const detail = `${limit} requests of this app wait for their replies already. Ask more slowly, or raise --max-open-requests.`;
  return new ExoError("RATE_LIMITED", detail, { retryAfterMs: 1000, facts: { limit } });
}
