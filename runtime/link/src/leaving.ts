import type { Publish } from "@exosphere/proto";
import type { Attachment } from "./attachment.ts";
import type { Clock } from "./clock.ts";
import { brokerUnavailable } from "./wire-error.ts";

/** How much longer than it was given a broker has for ending a stream that was left, in milliseconds. */
const endingMs = 1_000;

/**
 * The attachments that a link is leaving because their brokers asked it to. What came by them is settled and replied to there, until
 * their brokers have nothing more for this instance.
 */
export class LeavingAttachments {
  readonly #clock: Clock;
  /** With what calls off ending them by force, where their brokers do not. */
  readonly #all = new Map<Attachment, (() => void) | undefined>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#all.size;
  }

  [Symbol.iterator](): MapIterator<Attachment> {
    return this.#all.keys();
  }

  /** One is left from now on. `byMs`: when its broker ends the stream, in milliseconds of the clock, where it has said so. */
  add(attachment: Attachment, byMs: number | undefined): void {
    attachment.isLeaving = true;
    const error = brokerUnavailable(`The broker at ${attachment.address} did not end the connection in time.`);
    const leftMs = Math.max(0, (byMs ?? 0) - this.#clock.nowMs()) + endingMs;
    const isTimed = byMs !== undefined;
    this.#all.set(attachment, isTimed ? this.#clock.after(leftMs, () => attachment.cancel(error)) : undefined);
  }

  /** One has ended. Returns whether it was being left. */
  delete(attachment: Attachment): boolean {
    this.#all.get(attachment)?.();
    return this.#all.delete(attachment);
  }

  /**
   * The one by whose broker the requester waits that a message replies to, if that is not the `current` one: a requester that has asked
   * by the current one as well waits there for all of its replies, but for those to requests that only one broker knows.
   */
  awaiting(publish: Publish, current: Attachment | undefined): Attachment | undefined {
    const { requester, replyRequest } = publish;
    if (replyRequest === 0) return undefined;
    for (const attachment of this)
      if (attachment.isOpen && attachment.requesters.hasExactly(publish)) return attachment;
    if (current?.requesters.has(requester)) return undefined;
    for (const attachment of this) if (attachment.isOpen && attachment.requesters.has(requester)) return attachment;
    return undefined;
  }

  /** One whose handlers are still at work: others may wait for what they send. */
  get busy(): Attachment | undefined {
    for (const attachment of this) if (attachment.isOpen && attachment.unsettled > 0) return attachment;
    return undefined;
  }

  /** Takes leave of those that have nothing under way any more. */
  leaveIfThrough(): void {
    for (const attachment of this) leaveIfThrough(attachment);
  }
}

/** Takes leave of an attachment that is being left and has nothing under way any more. */
export function leaveIfThrough(attachment: Attachment): void {
  if (attachment.isLeaving && attachment.isThrough) attachment.leave();
}
