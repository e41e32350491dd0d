import type { IncomingMessage } from "node:http";
import type { ExoError } from "@exosphere/proto";
import { headersMistake } from "./headers-mistake.ts";
import { type HostCheckOptions, hostCheck } from "./host-check.ts";
import { type Access, type PageCheckOptions, pageCheck } from "./page-check.ts";
import { type AcceptedTokens, tokenGuard } from "./token-guard.ts";

/** Who may call a server. */
export interface CallerGuardOptions extends HostCheckOptions, PageCheckOptions {
  /** Callers have to know one of them for what is neither a `probe` nor `public`, if they are given. */
  readonly tokens?: AcceptedTokens | undefined;
  /** What callers without the token are asked for: "the admin token". */
  readonly tokenName?: string;
}

/** What a guard looks at. */
export type GuardedRequest = Pick<IncomingMessage, "headers" | "rawHeaders"> & { readonly method?: string | undefined };

/** Why a request may not do what needs `access`: the error to answer with. Undefined for a request that may pass. */
export type CallerGuard = (request: GuardedRequest, access: Access) => ExoError | undefined;

/**
 * Makes the check that every HTTP server of this project puts before its requests, those for a WebSocket as well: the Host
 * header, web pages, headers that must not be repeated, and the token. Returns NOT_ALLOWED, INVALID_MESSAGE or UNAUTHENTICATED.
 */
export function callerGuard(options: CallerGuardOptions): CallerGuard {
  const byHost = hostCheck(options);
  const byPage = pageCheck(options);
  const byToken = tokenGuard(options.tokens, options.tokenName ?? "a token");
  return (request, access) => {
    const refused =
      (access === "probe" ? undefined : byHost(request)) ?? byPage(request, access) ?? headersMistake(request);
    if (refused || access === "probe" || access === "public") return refused;
    return byToken(request);
  };
}
