import type { IncomingMessage } from "node:http";

/** The token in `authorization: Bearer <token>` (RFC 6750), or undefined if there is none. */
export function bearerToken(request: Pick<IncomingMessage, "headers">): string | undefined {
  return /^bearer +([\w.~+/=-]+) *$/i.exec(request.headers.authorization ?? "")?.[1];
}
