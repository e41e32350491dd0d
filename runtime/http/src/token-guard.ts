import type { IncomingMessage } from "node:http";
import { ExoError } from "@exosphere/proto";
import { bearerToken } from "./bearer-token.ts";
import { constantTimeIncludes } from "./constant-time-equals.ts";

/** The tokens that are accepted at the moment: one, or two while one is replaced. */
export type AcceptedTokens = () => readonly string[];

/**
 * Makes the check that only those who know a token may talk to a server, of which `whose` tells callers. It returns the
 * UNAUTHENTICATED to answer with, or undefined for a request that may pass. Without tokens, everybody may.
 */
export function tokenGuard(
  tokens: AcceptedTokens | undefined,
  whose: string,
): (request: Pick<IncomingMessage, "headers">) => ExoError | undefined {
  if (tokens === undefined) return () => undefined;
  return (request) => {
    if (constantTimeIncludes(tokens(), bearerToken(request) ?? "")) return undefined;
    return new ExoError("UNAUTHENTICATED", `This needs ${whose}: send it as 'authorization: Bearer <token>'.`);
  };
}
