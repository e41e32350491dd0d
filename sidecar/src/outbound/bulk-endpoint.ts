import { type Endpoint, headersOfRequest } from "@exosphere/http";
import { ExoError } from "@exosphere/proto";
import { BulkExchange } from "./bulk-exchange.ts";
import type { Sender, SendingOptions } from "./send-endpoint.ts";

/** What the endpoint needs. */
export interface BulkOptions extends Pick<SendingOptions, "maxPayloadBytes" | "bodies" | "log"> {
  /** The place of whoever sends a message of this name by this request. Throws an ExoError to refuse. */
  readonly senderOf: (name: string, role: string | undefined) => Sender;
  /** A line is no message, or nobody's. */
  readonly malformed: (error: ExoError) => void;
  /** How long a body may pause, in milliseconds. */
  readonly idleMs: number;
}

/** `POST /v1/send` with NDJSON: one message per line, and one line in answer to each, in order. */
export function bulkEndpoint(options: BulkOptions): Endpoint {
  return {
    method: "POST",
    path: "/v1/send",
    isStreamed: true,
    handle(request, response) {
      const { id, ...head } = headersOfRequest(request);
      if (id !== undefined) {
        const detail = "Each line says the 'id' of its message: send no header 'exo-message-id' with several.";
        throw new ExoError("INVALID_MESSAGE", detail);
      }
      new BulkExchange({ request, response, head }, options);
    },
  };
}
