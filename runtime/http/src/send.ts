import type { OutgoingHttpHeaders, ServerResponse } from "node:http";

/** Answers with a value as JSON. */
export function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers?: OutgoingHttpHeaders,
): void {
  sendBody(response, status, "application/json", JSON.stringify(value), headers);
}

/** Answers with plain text. */
export function sendText(response: ServerResponse, status: number, text: string, headers?: OutgoingHttpHeaders): void {
  sendBody(response, status, "text/plain; charset=utf-8", text, headers);
}

/** Answers with a body of some media type. Node leaves the body out where the request was a HEAD. */
export function sendBody(
  response: ServerResponse,
  status: number,
  mediaType: string,
  body: string,
  headers?: OutgoingHttpHeaders,
): void {
  response.writeHead(status, { "content-type": mediaType, "content-length": Buffer.byteLength(body), ...headers });
  response.end(body);
}
