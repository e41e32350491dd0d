import type { Copy } from "../copy.ts";
import type { Instance } from "../instance.ts";
import type { ListNode } from "../list.ts";
import type { AwaitedCopy, Failure, FailureReason } from "../open-request.ts";
import type { Publish } from "../publish.ts";
import type { Sending } from "../sending.ts";
import type { Timer } from "../timer-wheel.ts";
import { Undecided } from "../undecided.ts";
import type { EnvelopeFields } from "./envelopes.ts";

/** What the security role is told of a message. */
export interface Told {
  /** What its sender said of it, decoded. */
  readonly fields: EnvelopeFields;
  /** All of it, as the payload of the question. */
  readonly json: Uint8Array;
}

/** What a held message is made of. */
export interface HeldFields {
  /** Who sent it. It may have detached since. */
  readonly instance: Instance;
  /** What it is, by the routes of that time. */
  readonly sending: Sending;
  readonly publish: Publish;
  readonly told: Told;
  /** The activity in which the verdict on it must come. */
  readonly verdictActivity: string;
  readonly bytes: number;
  /** Until when it is of use, in milliseconds of the clock. */
  readonly expiresAtMs: number;
  /** The question about it will not be answered. */
  readonly onUnanswered: (held: HeldMessage, failure: Failure, detail: string) => void;
}

/** A message that waits for the verdict of the security role. To its question it is what waits for the answer. */
export class HeldMessage extends Undecided implements AwaitedCopy {
  readonly instance: Instance;
  readonly sending: Sending;
  readonly publish: Publish;
  readonly told: Told;
  readonly verdictActivity: string;
  readonly bytes: number;
  readonly expiresAtMs: number;
  /** The verdict was in its favour; it may have to wait for those before it. */
  isAuthorized = false;
  /** An instance of the security role was asked. */
  isAsked = false;
  /** Its place among the held messages of its activity. */
  place: ListNode<HeldMessage> | undefined;
  timer: Timer | undefined;
  /** The delivery whose handler waits for the answer to it, where it is a request and that is known. */
  cause: Copy | undefined;
  readonly #onUnanswered: HeldFields["onUnanswered"];

  constructor(fields: HeldFields) {
    super();
    this.instance = fields.instance;
    this.sending = fields.sending;
    this.publish = fields.publish;
    this.told = fields.told;
    this.verdictActivity = fields.verdictActivity;
    this.bytes = fields.bytes;
    this.expiresAtMs = fields.expiresAtMs;
    this.#onUnanswered = fields.onUnanswered;
  }

  /** Whether it still waits for anything. */
  get isHeld(): boolean {
    return this.place !== undefined;
  }

  /** A question does no harm when it is asked again. */
  get isRepeatable(): boolean {
    return this.isHeld && !this.isAuthorized;
  }

  copyRefused(): void {}

  copyLeftQueue(): void {
    this.isAsked = true;
  }

  copyReturned(): void {
    this.isAsked = false;
  }

  copyFailed(failure: Failure, { detail }: FailureReason): void {
    if (this.isRepeatable) this.#onUnanswered(this, failure, detail);
  }
}
