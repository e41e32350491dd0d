import { activityHash } from "./activity-hash.ts";
import { ActivityTimes } from "./activity-times.ts";
import type { Clock } from "./clock.ts";
import type { Acceptance } from "./copy.ts";
import { maxDeadlineMs } from "./limits.ts";
import type { Role } from "./role.ts";
import type { Sending } from "./sending.ts";

/** What there is to say of a message that is accepted. */
export interface Accepted {
  readonly activityId: Uint8Array;
  readonly envelope: Uint8Array;
  /** 0: the default. */
  readonly deadlineMs: number;
  /** Whether it comes from the security role. */
  readonly isSecurity: boolean;
  /** Handle of the sender if it waits for a reply, or 0. */
  readonly replyInstance: number;
  /** Not 0: somebody waits for a reply. */
  readonly replyRequest: number;
  /** Whether the sender takes any number of replies. Default: no. */
  readonly isMany?: boolean;
  /** Who sent it, as what; undefined where the bus itself speaks. */
  readonly sender?: Role | undefined;
  readonly sending?: Sending | undefined;
}

/** Makes messages those that the bus has taken: stamped with the time, and with the time since the one before. */
export class Acceptances {
  readonly #clock: Clock;
  readonly #defaultDeadlineMs: number;
  readonly #seed: number;
  readonly #times = new ActivityTimes();
  #last = 0;
  /** Messages that are about to be accepted, and the hashes of their activities. */
  #expected: readonly Pick<Accepted, "activityId">[] = [];
  readonly #hashes: number[] = [];
  /** The next of them. */
  #next = 0;

  /** `seed` makes the hashes of activities unguessable. */
  constructor(clock: Clock, defaultDeadlineMs: number, seed: number) {
    this.#clock = clock;
    this.#defaultDeadlineMs = defaultDeadlineMs;
    this.#seed = seed;
  }

  /** Stands for an activity where a mix-up does no harm. */
  hashOf(activityId: Uint8Array): number {
    return activityHash(activityId, this.#seed);
  }

  /** Prepares for messages that are about to be accepted, in this order; some of them may not be. */
  expect(messages: readonly Pick<Accepted, "activityId">[]): void {
    this.#expected = messages;
    this.#next = 0;
    this.#hashes.length = 0;
    for (const { activityId } of messages) this.#hashes.push(this.hashOf(activityId));
    this.#times.bring(this.#hashes);
  }

  /** Accepts a message now. */
  of(accepted: Accepted): Acceptance {
    const now = this.#clock.nowMs();
    const hash = this.#expectedHashOf(accepted.activityId);
    const previous = this.#times.touch(hash, now);
    this.#last += 1;
    const expiresAtMs = now + Math.min(accepted.deadlineMs || this.#defaultDeadlineMs, maxDeadlineMs);
    return new AcceptedMessage(accepted, {
      number: this.#last,
      activityHash: hash,
      acceptedAtMs: now,
      timestampMs: this.#clock.originMs + now,
      expiresAtMs,
      // 0 is for the first: two that come at one moment are a nanosecond apart.
      responseTimeNs: previous === undefined ? 0 : Math.max(1, Math.round((now - previous) * 1e6)),
    });
  }

  #expectedHashOf(activityId: Uint8Array): number {
    const place = this.#next;
    if (this.#expected[place]?.activityId !== activityId) return this.hashOf(activityId);
    this.#next = place + 1;
    return this.#hashes[place] as number;
  }
}

class AcceptedMessage implements Acceptance {
  readonly number: number;
  readonly sender: Role | undefined;
  readonly sending: Sending | undefined;
  readonly activityHash: number;
  activityId: Uint8Array;
  envelope: Uint8Array;
  readonly isSecurity: boolean;
  readonly acceptedAtMs: number;
  readonly timestampMs: number;
  readonly expiresAtMs: number;
  readonly responseTimeNs: number;
  readonly replyInstance: number;
  readonly replyRequest: number;
  readonly isMany: boolean;
  #activity: string | undefined;

  constructor(
    accepted: Accepted,
    stamp: Pick<
      Acceptance,
      "number" | "activityHash" | "acceptedAtMs" | "timestampMs" | "expiresAtMs" | "responseTimeNs"
    >,
  ) {
    this.number = stamp.number;
    this.sender = accepted.sender;
    this.sending = accepted.sending;
    this.activityHash = stamp.activityHash;
    this.activityId = accepted.activityId;
    this.envelope = accepted.envelope;
    this.isSecurity = accepted.isSecurity;
    this.acceptedAtMs = stamp.acceptedAtMs;
    this.timestampMs = stamp.timestampMs;
    this.expiresAtMs = stamp.expiresAtMs;
    this.responseTimeNs = stamp.responseTimeNs;
    this.replyInstance = accepted.replyInstance;
    this.replyRequest = accepted.replyRequest;
    this.isMany = accepted.isMany ?? false;
  }

  get activity(): string {
    this.#activity ??= activityText(this.activityId);
    return this.#activity;
  }
}

/**
 * An activity's id as a key. A byte a character: what is not ASCII is still told apart, as only equality counts. A Buffer
 * does it in 75 ns, `String.fromCharCode` took 156.
 */
export function activityText(bytes: Uint8Array): string {
  const { buffer, byteOffset, byteLength } = bytes;
  return (Buffer.isBuffer(bytes) ? bytes : Buffer.from(buffer, byteOffset, byteLength)).toString("latin1");
}
