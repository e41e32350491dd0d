import type { Delivery } from "@exosphere/proto";
import { EnvelopeReader } from "./envelope-reader.ts";
import { isIdText } from "./id-text.ts";

/**
 * Why a delivery is not given to an app, or undefined if it may be. Brokers pass on what senders wrote without looking into it, and
 * a sender need not be one of ours: ids end up in lines of logs and of server-sent events. Costs some 100 ns; payload and auth are
 * left to whoever reads them.
 */
export function deliveryMistake(delivery: Delivery): string | undefined {
  const { activityId, timestampNanos, responseTimeNs } = delivery;
  const inEnvelope = EnvelopeReader.mistakeIn(delivery.envelope);
  if (inEnvelope !== undefined) return inEnvelope;
  if (!isIdText(activityId, 0, activityId.length))
    return "Its activity id is not 1 to 255 characters of UTF-8 without control characters.";
  // Both are written by the broker. NaN is not above 0 either.
  if (timestampNanos > 999_999_999 || !(responseTimeNs >= 0 && responseTimeNs <= Number.MAX_SAFE_INTEGER))
    return "Its times are not valid.";
  return undefined;
}
