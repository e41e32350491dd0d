import type { Attached, ExoError } from "@exosphere/proto";
import { brokerUnavailable, errorOfWire } from "./wire-error.ts";

/** What the broker says of publishes that it has taken: why it refused one, or that it may have forgotten to have done so. */
export function refusalsIn({ refusals, uncertainThrough }: Attached): (sequence: number) => ExoError | undefined {
  const bySequence = new Map(refusals.map((refusal) => [refusal.sequence, errorOfWire(refusal)]));
  return (sequence) => bySequence.get(sequence) ?? (sequence <= uncertainThrough ? forgotten() : undefined);
}

/** BROKER_UNAVAILABLE, as the broker may have forgotten that it has refused a message. */
function forgotten(): ExoError {
  return brokerUnavailable(
    "The connection broke before the broker confirmed. The message may have been taken, or not.",
  );
}
