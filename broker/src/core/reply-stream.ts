import type { Copy } from "./copy.ts";
import { maxStreamBytes, maxStreamReplies } from "./limits.ts";
import type { Refused } from "./link.ts";
import type { AwaitedCopy, Failure, FailureReason } from "./open-request.ts";
import type { Requesters } from "./requesters.ts";
import type { Role } from "./role.ts";
import type { Timer } from "./timer-wheel.ts";
import { Undecided } from "./undecided.ts";

/** A reply after which more may come. Its publish is confirmed when the requester has settled it: so it sets the pace. */
export class StreamedReply extends Undecided {
  readonly stream: ReplyStream;
  readonly bytes: number;

  constructor(stream: ReplyStream, bytes: number) {
    super();
    this.stream = stream;
    this.bytes = bytes;
  }

  /** Its delivery has ended. */
  ended(refused: Refused | undefined): void {
    this.stream.settled(this);
    this.onDecided?.(refused);
  }
}

/** What a stream of replies is made of. */
interface StreamFields {
  readonly requesters: Requesters;
  /** Handle of the requester, which it keeps when it attaches again. */
  readonly requester: number;
  readonly number: number;
  readonly activity: string;
  readonly cause: Copy | undefined;
  readonly copies: number;
  /** It is over: whoever knows it may forget it. */
  readonly onClosed: (stream: ReplyStream) => void;
}

/**
 * A request with any number of replies: open until every receiver has given its last, or failed. Like any request it is held
 * by its copies; beside that it is known by its number for as long as it is open, as the requester's abandoning it is told to
 * those who are at it.
 */
export class ReplyStream implements AwaitedCopy {
  readonly requester: number;
  readonly number: number;
  readonly activity: string;
  readonly cause: Copy | undefined;
  readonly isRepeatable = false;
  isOpen = true;
  timer: Timer | undefined;
  /** Those that have not ended: for telling who is at them. Of the others, the messages are not kept for that. */
  readonly asked = new Set<Copy>();
  readonly #fields: StreamFields;
  #copies: number;
  /** Those whose copy counts already, by their last reply or their end: each has one copy at the most. */
  readonly #through = new Set<Role>();
  #answered = 0;
  #failed = 0;
  #expired = 0;
  #departures = 0;
  /** The first failure, for people. */
  #why: FailureReason | undefined;
  #unsettled = 0;
  #unsettledBytes = 0;

  constructor(fields: StreamFields) {
    this.requester = fields.requester;
    this.number = fields.number;
    this.activity = fields.activity;
    this.cause = fields.cause;
    this.#fields = fields;
    this.#copies = fields.copies;
  }

  /** The requester wants no more of it: who is given it hears that. */
  get isUnwanted(): boolean {
    return !this.isOpen;
  }

  /** Takes a reply in, unless too many wait for the requester already. */
  reply(bytes: number): StreamedReply | undefined {
    if (this.#unsettled >= maxStreamReplies || this.#unsettledBytes + bytes > maxStreamBytes) return undefined;
    this.#unsettled += 1;
    this.#unsettledBytes += bytes;
    return new StreamedReply(this, bytes);
  }

  settled({ bytes }: StreamedReply): void {
    this.#unsettled -= 1;
    this.#unsettledBytes -= bytes;
  }

  copyRefused(copy: Copy): void {
    this.#copies -= 1;
    this.asked.delete(copy);
  }

  copyLeftQueue(): void {
    this.#departures += 1;
  }

  copyReturned(): void {
    this.#departures -= 1;
  }

  /** A receiver says that it has no more replies. */
  copyAnswered({ subscription }: Copy): void {
    if (this.#countsFor(subscription.role)) this.#answered += 1;
    this.#endIfThrough();
  }

  copyFailed(failure: Failure, why: FailureReason, { subscription }: Copy): void {
    // It has said all that it had to say before.
    if (!this.#countsFor(subscription.role)) return;
    if (failure === "failed") this.#failed += 1;
    else this.#expired += 1;
    this.#why ??= why;
    this.#endIfThrough();
  }

  copyEnded(copy: Copy): void {
    this.asked.delete(copy);
  }

  /** A receiver gives its last reply. Whether the request ends with it; if not, more may come from others. */
  takesLast(sender: Role | undefined): boolean {
    if (sender === undefined || this.#countsFor(sender)) this.#answered += 1;
    if (this.#isThrough && this.#failed + this.#expired === 0) {
      this.close();
      return true;
    }
    return false;
  }

  /** What follows a last reply that did not end the request itself: some receiver had failed. */
  endIfThrough(): void {
    this.#endIfThrough();
  }

  /** The requester takes no more. Those who are at it are told. */
  abandon(): void {
    if (!this.isOpen) return;
    this.close();
    for (const copy of this.asked) copy.instance?.link.unwanted(copy.number);
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.timer?.cancel();
    this.#fields.onClosed(this);
  }

  /** Whether this is the first that ends a role's part. */
  #countsFor(role: Role): boolean {
    if (this.#through.has(role)) return false;
    this.#through.add(role);
    return true;
  }

  get #isThrough(): boolean {
    return this.#answered + this.#failed + this.#expired >= this.#copies;
  }

  #endIfThrough(): void {
    if (!this.isOpen || !this.#isThrough) return;
    this.close();
    const { requesters } = this.#fields;
    const requester = requesters.get(this.requester);
    requester?.noLongerWaits(this.number);
    if (this.#failed + this.#expired === 0) requester?.link.answered(this.number);
    else {
      const { detail = "", facts = {} } = this.#why ?? {};
      requesters.undeliverable(this.requester, this.number, { reason: this.#reason(), detail, facts });
    }
  }

  #reason(): Refused["reason"] {
    if (this.#failed > 0) return "HANDLER_FAILED";
    return this.#departures > 0 ? "DEADLINE_EXCEEDED" : "NO_INSTANCE";
  }
}
