import type { IncomingMessage } from "node:http";
import { ExoError } from "@exosphere/proto";
import { bearerToken } from "./bearer-token.ts";
import { constantTimeEquals } from "./constant-time-equals.ts";

/**
 * Makes the check that only those who know the token may talk to a server, of which `whose` tells callers. It returns the
 * UNAUTHENTICATED to answer with, or undefined for a request that may pass. Without a token, everybody may.
 */
export function tokenGuard(
  token: string | undefined,
  whose: string,
): (request: Pick<IncomingMessage, "headers">) => ExoError | undefined {
  if (token === undefined) return () => undefined;
  return (request) => {
    if (constantTimeEquals(bearerToken(request) ?? "", token)) return undefined;
    return new ExoError("UNAUTHENTICATED", `This needs ${whose}: send it as 'authorization: Bearer <token>'.`);
  };
}
