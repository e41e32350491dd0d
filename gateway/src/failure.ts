import { ExoError } from "@exosphere/proto";
import { errorOf } from "@exosphere/runtime";
import { Denied } from "./core/denied.ts";

/** Whatever was thrown or reported, as an error of the catalogue. */
export function failureOf(thrown: unknown): ExoError {
  if (!(thrown instanceof Denied)) return errorOf(thrown);
  const { reason, detail, facts, retryAfterMs } = thrown;
  return new ExoError(reason, detail, { facts, ...(retryAfterMs !== undefined && { retryAfterMs }) });
}
