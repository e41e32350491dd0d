import { BrokenFraming } from "@exosphere/frames";
import { decodeStatusDetails, ExoError, type Refusal, statusDetailsTrailer } from "@exosphere/proto";
import type { ServiceError } from "@grpc/grpc-js";
import { maxOpenRequests } from "./request-slots.ts";
import { whyUnreachable } from "./unreachable.ts";

/** gRPC's status RESOURCE_EXHAUSTED. Not taken from grpc-js, which is loaded only where a broker is dialled over TCP. */
const resourceExhausted = 8;

/** Why a stream failed: the broker's own reason where it gave one, else BROKER_UNAVAILABLE. */
export function errorOfStream(thrown: Error, address: string): ExoError {
  // In memory, the broker's own error comes as it is.
  if (thrown instanceof ExoError) return thrown;
  // As over gRPC no reason of the broker's, that senders would hear as if it were about their messages.
  if (thrown instanceof BrokenFraming)
    return brokerUnavailable(`What the broker at ${address} sent cannot be read. ${thrown.message}`, thrown);
  const { metadata, code, details } = thrown as Partial<ServiceError>;
  const [encoded] = metadata?.get(statusDetailsTrailer) ?? [];
  const told = Buffer.isBuffer(encoded) ? decodeStatusDetails(encoded) : undefined;
  // By gRPC itself, where a frame is longer than one of both ends takes.
  if (!told && code === resourceExhausted)
    return brokerUnavailable(
      `The connection to the broker at ${address} broke: ${details}. All take what the largest of them sends: give each the same --max-payload, or maxPayloadBytes.`,
      thrown,
    );
  if (told) return told;
  const why = whyUnreachable(thrown);
  return brokerUnavailable(
    `The broker at ${address} cannot be reached${why === "" ? "" : `: ${why}`}. Is it running?`,
    thrown,
  );
}

/** BROKER_UNAVAILABLE, as an attached broker has not said in time that it has taken a message. */
export function unconfirmed(): ExoError {
  return brokerUnavailable("The broker did not confirm in time.");
}

/** BROKER_UNAVAILABLE with a detail. */
export function brokerUnavailable(detail: string, cause?: unknown): ExoError {
  return new ExoError("BROKER_UNAVAILABLE", detail, { cause, retryAfterMs: 1000 });
}

/** PAYLOAD_TOO_LARGE, as the broker has said what it takes. */
export function tooLarge(name: string, limit: number): ExoError {
  const detail = `'${name}' has, with its auth, more than the ${limit} bytes that the broker takes. Send less, or raise --max-payload.`;
  return new ExoError("PAYLOAD_TOO_LARGE", detail, { facts: { name, limit } });
}

/** HANDLER_FAILED, as the reply to a request must not be given to anybody. */
export function malformedReply(name: string, mistake: string): ExoError {
  const detail = `A reply '${name}' came that is malformed. ${mistake} Whoever sent it is at fault.`;
  return new ExoError("HANDLER_FAILED", detail, { facts: { name } });
}

/** QUEUE_FULL, as every slot for an open request is taken. */
export function tooManyRequests(): ExoError {
  const detail = `${maxOpenRequests} requests wait for their replies already. Try again when some have come.`;
  return new ExoError("QUEUE_FULL", detail, { retryAfterMs: 1000, facts: { limit: maxOpenRequests } });
}

/** Whether a broker's refusal is one that waiting does not mend. */
export function isLasting({ reason }: ExoError): boolean {
  return reason === "NOT_ALLOWED" || reason === "UNAUTHENTICATED" || reason === "INVALID_MESSAGE";
}

/** A failure as it comes over the wire: of a publish, or of a request. */
export type WireFailure = Pick<Refusal, "reason" | "detail" | "retryAfterMs" | "facts">;

/** What the broker said of a failure, as whoever waits is told of it. */
export function errorOfWire({ reason, detail, retryAfterMs, facts }: WireFailure): ExoError {
  return ExoError.fromWire(reason, detail, { facts, ...(retryAfterMs > 0 ? { retryAfterMs } : {}) });
}

/** The other way around: an error as it goes over the wire. Its cause stays in this process. */
export function wireFailureOf({ reason, detail, retryAfterMs = 0, facts }: ExoError): WireFailure {
  const texts: Record<string, string> = {};
  for (const [key, value] of Object.entries(facts)) texts[key] = String(value);
  return { reason, detail, retryAfterMs, facts: texts };
}

/** BROKER_UNAVAILABLE, as a broker has asked to attach elsewhere, and there is nowhere else. `why` it has asked; empty: it shuts down. */
export function noOtherBroker(address: string, why: string): ExoError {
  if (why !== "") return brokerUnavailable(`The broker at ${address} asks this process to attach again. ${why}`);
  return brokerUnavailable(
    `The broker at ${address} is shutting down, and no other can be reached. Give --broker a second one.`,
  );
}

/** BROKER_UNAVAILABLE, as another broker of a group has to be sent a message. */
export function movedAway(): ExoError {
  return brokerUnavailable(
    "Another broker of its group owns the activity of the message. It was not taken. Update this process: it does not follow the group's map.",
  );
}
