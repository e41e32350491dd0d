import { type Endpoint, headersOfRequest } from "@exosphere/http";
import { messageFields } from "@exosphere/message";
import { ExoError } from "@exosphere/proto";
import { BulkExchange, type BulkOptions } from "./bulk-exchange.ts";

/** `POST /v1/send` with NDJSON: one message per line, and one line in answer to each, in order. */
export function bulkEndpoint(options: BulkOptions): Endpoint {
  return {
    method: "POST",
    path: "/v1/send",
    isStreamed: true,
    handle(request, response) {
      const { id, ...head } = headersOfRequest(request);
      if (id !== undefined) {
        const { header } = messageFields.id;
        const detail = `Each line says the 'id' of its message: send no header '${header}' with several.`;
        throw new ExoError("INVALID_MESSAGE", detail);
      }
      new BulkExchange({ request, response, head }, options);
    },
  };
}
