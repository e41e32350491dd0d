import { catalogue } from "./catalogue.ts";
import { ExoError, type Facts } from "./exo-error.ts";

/** Media type of a problem. */
export const problemMediaType = "application/problem+json";

/**
 * An error as JSON, RFC 9457: the members of the specification, `reason`, and the facts beside them, such as `retryAfterMs`
 * where trying again may help: what HTTP says by `Retry-After`, for where there are no headers.
 */
export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly reason: string;
} & Facts;

/** When trying again may help where the error does not say, in milliseconds: queues and limits change within a second. */
const defaultRetryMs = 1_000;

/** The problem that tells a caller of an error. */
export function problemOf(error: ExoError): Problem {
  const { http, title } = catalogue[error.reason];
  const retryAfterMs = retryMsOf(error);
  return {
    ...error.facts,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    type: `urn:exosphere:problem:${error.reason.toLowerCase()}`,
    title,
    status: http,
    detail: error.detail,
    reason: error.reason,
  };
}

/** After how many milliseconds trying again may help, never 0; undefined if nothing is known of that. */
export function retryMsOf({ reason, retryAfterMs }: ExoError): number | undefined {
  if (retryAfterMs) return Math.ceil(retryAfterMs);
  return retryAfterMs === 0 || reason === "RATE_LIMITED" || reason === "QUEUE_FULL" ? defaultRetryMs : undefined;
}

/** The error behind a problem that an answer carried, or undefined if the text is no problem of ours. */
export function errorOfProblem(text: string): ExoError | undefined {
  try {
    const { type, title, status, detail, reason, retryAfterMs, ...facts } = JSON.parse(text) as Problem;
    const retry = typeof retryAfterMs === "number" ? { retryAfterMs } : {};
    return typeof reason === "string" ? ExoError.fromWire(reason, String(detail), { facts, ...retry }) : undefined;
  } catch {
    return undefined;
  }
}
