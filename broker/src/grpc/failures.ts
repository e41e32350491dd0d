import { ExoError, newRefusal, type Refusal } from "@exosphere/proto";
import type { Failure } from "../core/failure.ts";

/** A failure of the core as the error that ends a stream. */
export function errorOf({ reason, detail, ...options }: Failure): ExoError {
  return new ExoError(reason, detail, options);
}

/** Why a publish was refused, as it travels. All of the failure does but its cause, which is for the log of this process alone. */
export function refusalOf(sequence: number, { reason, detail, retryAfterMs = 0, facts }: Failure): Refusal {
  return newRefusal({ sequence, reason, detail, retryAfterMs, ...(facts && { facts: { ...facts } }) });
}
