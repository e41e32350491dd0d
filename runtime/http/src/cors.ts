import type { IncomingMessage, ServerResponse } from "node:http";

/** What pages of allowed origins may send and read, by Fetch's CORS protocol. */
export interface CorsOptions {
  readonly methods: readonly string[];
  /** Headers that they may send, beside those that need no permission. */
  readonly allowedHeaders: readonly string[];
  /** Headers of answers that they may read, beside those that need no permission. */
  readonly exposedHeaders: readonly string[];
}

/** How long a browser may remember what is allowed to a page, in seconds: as long as Chrome does at most. */
const preflightSeconds = 7_200;

/** Lets the page that a request comes from, if it comes from one, read the answer. Only for origins that are allowed. */
export function exposeToPage(
  { headers: { origin } }: IncomingMessage,
  response: ServerResponse,
  cors: CorsOptions,
): void {
  if (origin === undefined) return;
  response.setHeader("access-control-allow-origin", origin);
  response.setHeader("access-control-expose-headers", cors.exposedHeaders.join(", "));
}

/** Whether a browser asks what a page may send, before it sends it. */
export function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === "OPTIONS" && headers.origin !== undefined && headers["access-control-request-method"] !== undefined;
}

/** Answers a preflight of a page whose origin is allowed. */
export function answerPreflight(response: ServerResponse, { methods, allowedHeaders }: CorsOptions): void {
  response.writeHead(204, {
    "access-control-allow-methods": methods.join(", "),
    "access-control-allow-headers": allowedHeaders.join(", "),
    "access-control-max-age": String(preflightSeconds),
  });
  response.end();
}
