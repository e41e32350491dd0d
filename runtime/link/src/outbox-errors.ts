import { ExoError } from "@exosphere/proto";
import { brokerUnavailable } from "./wire-error.ts";

/** Why the broker did not confirm: for people, and the error underneath. */
export type WhyAway = Pick<ExoError, "detail" | "cause">;

/** What an outbox holds at most. */
export interface OutboxLimits {
  readonly maxOutboxMessages: number;
  readonly maxOutboxBytes: number;
}

/** BROKER_UNAVAILABLE, as a message was not confirmed by its deadline. */
export function expired({ detail, cause }: WhyAway): ExoError {
  return brokerUnavailable(detail, cause);
}

/** BROKER_UNAVAILABLE, as the sender of a message no longer waits, and no broker was given it. */
export function notSent({ detail, cause }: WhyAway): ExoError {
  return brokerUnavailable(`Its sender no longer waits. It was not sent: ${detail}`, cause);
}

/** BROKER_UNAVAILABLE, as nobody can say any more what became of a message. */
export function uncertain(): ExoError {
  return brokerUnavailable("The broker went away before it confirmed. The message may have been taken, or not.");
}

/** QUEUE_FULL, as too much waits for the broker already. */
export function outboxFull({ maxOutboxMessages, maxOutboxBytes }: OutboxLimits): ExoError {
  const detail = `The broker has not confirmed what was sent before, and no more than ${maxOutboxMessages} messages or ${maxOutboxBytes} bytes wait for it. Send more slowly, or try again later.`;
  return new ExoError("QUEUE_FULL", detail, { retryAfterMs: 1000, facts: { limit: maxOutboxMessages } });
}
