import type { Outgoing } from "@exosphere/link";
import { ExoError, type Facts } from "@exosphere/proto";

/**
 * What a call rejects with: why, as the facts `name`, `id` and `activityId` which message it is about, and in its stack the line
 * that awaits the call. To be made in the continuation of the promise that has failed: there V8 knows who awaits it, which costs
 * nothing while all goes well, whereas a stack that is captured with each call takes longer than the call itself.
 */
export function failedCall(thrown: unknown, message: Outgoing | undefined): unknown {
  // What is wrong with the call itself was thrown within it, where the caller is on the stack.
  if (!message) return thrown;
  const { name, id, activityId } = message;
  return withFacts(thrown, { name, id, activityId });
}

/** The error of a call whose message could not be composed. To be made within the call. */
export function refusedCall(thrown: unknown, name: unknown): unknown {
  return withFacts(thrown, typeof name === "string" ? { name } : {});
}

/** An error with more facts, made here. What is not an ExoError, such as the reason of a signal, is left as it is. */
function withFacts(thrown: unknown, more: Facts): unknown {
  if (!(thrown instanceof ExoError)) return thrown;
  const { reason, detail, facts, retryAfterMs, cause } = thrown;
  const options = { facts: { ...more, ...facts }, cause };
  return new ExoError(reason, detail, retryAfterMs === undefined ? options : { ...options, retryAfterMs });
}
