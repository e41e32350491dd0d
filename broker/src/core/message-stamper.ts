import { activityHash } from "./activity-hash.ts";
import { ActivityTimes } from "./activity-times.ts";
import type { Clock } from "./clock.ts";
import type { Envelopes } from "./envelopes.ts";
import { type Limits, maxDeadlineMs } from "./limits.ts";
import { AcceptedMessage, type MessageFields } from "./message.ts";
import type { MonotonicMs, WallMs } from "./times.ts";

/** A message that is to be accepted. */
export interface UnstampedMessage extends MessageFields {
  /** How long it is valid, in milliseconds. 0: the default. Infinity: for ever. */
  readonly lifetimeMs: number;
}

/** Dependencies of a stamper. */
export interface MessageStamperOptions {
  readonly clock: Clock;
  readonly envelopes: Envelopes;
  readonly limits: Pick<Limits, "defaultDeadlineMs">;
  /** Makes the hashes of activities unguessable. */
  readonly seed: number;
}

/** Accepts messages: stamps each with the time, and with the time since the previous one of its activity. */
export class MessageStamper {
  readonly #clock: Clock;
  readonly #envelopes: Envelopes;
  readonly #defaultDeadlineMs: number;
  readonly #seed: number;
  readonly #times = new ActivityTimes();
  #last = 0;
  /** Messages that are about to be accepted, and the hashes of their activities. */
  #expected: readonly Pick<MessageFields, "activityId">[] = [];
  readonly #hashes: number[] = [];
  /** The next of them. */
  #next = 0;

  constructor({ clock, envelopes, limits, seed }: MessageStamperOptions) {
    this.#clock = clock;
    this.#envelopes = envelopes;
    this.#defaultDeadlineMs = limits.defaultDeadlineMs;
    this.#seed = seed;
  }

  /** How long a message is valid whose sender asked for `lifetimeMs`, in milliseconds. */
  validityMs(lifetimeMs: number): number {
    if (lifetimeMs === Number.POSITIVE_INFINITY) return lifetimeMs;
    return Math.min(lifetimeMs || this.#defaultDeadlineMs, maxDeadlineMs);
  }

  /** Prepares for messages that are about to be accepted, in this order; some of them may not be. */
  expect(messages: readonly Pick<MessageFields, "activityId">[]): void {
    this.#expected = messages;
    this.#next = 0;
    this.#hashes.length = 0;
    for (const { activityId } of messages) this.#hashes.push(activityHash(activityId, this.#seed));
    this.#times.bring(this.#hashes);
  }

  /** Accepts a message now. */
  accept(message: UnstampedMessage): AcceptedMessage {
    const now = this.#clock.nowMs();
    const isExpected = this.#expected[this.#next]?.activityId === message.activityId;
    const hash = isExpected ? (this.#hashes[this.#next] as number) : activityHash(message.activityId, this.#seed);
    if (isExpected) this.#next += 1;
    const previous = this.#times.touch(hash, now);
    this.#last += 1;
    const stamp = {
      number: this.#last,
      activityHash: hash,
      acceptedAtMs: now as MonotonicMs,
      timestampMs: (this.#clock.originMs + now) as WallMs,
      expiresAtMs: (now + this.validityMs(message.lifetimeMs)) as MonotonicMs,
      // 0 is for the first: two that come at one moment are a nanosecond apart.
      responseTimeNs: previous === undefined ? 0 : Math.max(1, Math.round((now - previous) * 1e6)),
    };
    return new AcceptedMessage(message, stamp, this.#envelopes);
  }
}
