import { type Credit, ExoError, type Publish, type Registration, type Settlement } from "@exosphere/proto";
import type { Failure } from "../core/failure.ts";

/** Messages are delivered as soon as they can be. */
const noSchedules: Failure = {
  reason: "INVALID_MESSAGE",
  detail:
    "This broker does not deliver messages at a later time: send the message without a due time, delay and schedule key when it is due.",
};

/** Why a publish is refused that asks for what the contract has and this broker does not do. */
export function unsupportedPublish({ schedule }: Publish): Failure | undefined {
  return schedule === undefined ? undefined : noSchedules;
}

/** Throws INVALID_MESSAGE if a registration asks for what the contract has and this broker does not do. */
export function checkSupported({ working, settled, mapRevision }: Registration): void {
  if (working.length > 0 || settled.length > 0)
    throw unsupported("keep durable messages: register without deliveries of earlier streams");
  if (mapRevision !== 0) throw unsupported("belong to a group of brokers: attach to one of the group");
}

/** Throws INVALID_MESSAGE if a credit asks for what the contract has and this broker does not do. */
export function checkCredit({ names }: Credit): void {
  if (names.length > 0)
    throw unsupported("take windows of single messages: the concurrency of the routes is not divided among brokers");
}

/** Throws INVALID_MESSAGE if a settlement asks for what the contract has and this broker does not do. */
export function checkSettlement({ durableId }: Settlement): void {
  if (durableId !== 0) throw unsupported("keep durable messages: settle deliveries by their numbers on this stream");
}

function unsupported(what: string): ExoError {
  return new ExoError("INVALID_MESSAGE", `This broker does not ${what}.`);
}
