/** How long a sender that does not say waits for the bus to accept its message, in milliseconds: docs/sdk.md. */
export const defaultDeadlineMs = 30_000;

/** How much longer than its bus deadline a request that is passed on stays open, in milliseconds: its app ends it first. */
export const forwardedGraceMs = 1_000;

/**
 * How long past its deadline the confirmation of a message that a broker was given is waited for, in milliseconds. A broker that
 * holds it for the verdict of a security role says at the deadline that it has passed, up to 32 ms late; what the sender would say by
 * itself is that the broker cannot be reached.
 */
export const confirmationGraceMs = 250;

/**
 * When a request expires at the broker, in milliseconds: a little earlier than its caller gives up, so that the caller hears why.
 * A tenth of the deadline, at most 100 ms, and at least 48 ms, as the broker's timers may be 32 ms late; but never more than half of it.
 */
export function busDeadlineOf(deadlineMs: number): number {
  const marginMs = Math.min(deadlineMs / 2, Math.max(48, Math.min(100, deadlineMs / 10)));
  return Math.max(1, Math.floor(deadlineMs - marginMs));
}
