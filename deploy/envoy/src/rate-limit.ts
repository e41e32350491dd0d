import type { HttpFilter } from "./api/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.ts";
import { extension } from "./typed.ts";

/** Requests that are taken: so many at once, and so many a second after that. */
export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

const always = { default_value: { numerator: 100, denominator: "HUNDRED" } } as const;

/** Refuses what is beyond a rate, of each connection alone or of all together. The gateway has limits for each client beside that. */
export function rateLimit(of: "connection" | "all", { perSecond, burst }: RateLimit): HttpFilter {
  return extension(`exosphere.rate_limit.${of}`, "filters.http.local_ratelimit.v3.LocalRateLimit", {
    stat_prefix: `rate_limit_${of}`,
    token_bucket: { max_tokens: burst, tokens_per_fill: perSecond, fill_interval: "1s" },
    filter_enabled: { ...always, runtime_key: `rate_limit_${of}_enabled` },
    filter_enforced: { ...always, runtime_key: `rate_limit_${of}_enforced` },
    response_headers_to_add: [
      { header: { key: "retry-after", value: "1" }, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" },
    ],
    local_rate_limit_per_downstream_connection: of === "connection",
  });
}
