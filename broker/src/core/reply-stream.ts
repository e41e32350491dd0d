import type { Failure } from "./failure.ts";
import { maxStreamBytes, maxStreamReplies } from "./limits.ts";
import { isExpiry } from "./open-request.ts";
import type { PendingRequest, RequestDelivery, StreamedDelivery } from "./pending-request.ts";
import type { Requesters } from "./requesters.ts";
import type { RoleIdentity } from "./role-identity.ts";
import type { Timer } from "./timer-wheel.ts";
import { Undecided } from "./undecided.ts";

/** A reply after which more may come. Its publish is confirmed when the requester has settled it: so it sets the pace. */
export class StreamedReply extends Undecided implements StreamedDelivery {
  readonly isAccepted = true;
  readonly bytes: number;
  readonly #stream: ReplyStream;

  constructor(stream: ReplyStream, bytes: number) {
    super();
    this.#stream = stream;
    this.bytes = bytes;
  }

  abandonStream(): void {
    this.#stream.abandon();
  }

  ended(failure: Failure | undefined): void {
    this.#stream.settled(this);
    this.onDecided?.(failure);
  }
}

/** What a stream of replies is made of. */
interface StreamFields {
  readonly requesters: Requesters;
  /** The number of the requester, which is the same when it attaches again. */
  readonly requester: number;
  readonly number: number;
  readonly activity: string;
  readonly deliveries: number;
  /** Called once when the stream is over, to forget it. */
  readonly onClosed: (stream: ReplyStream) => void;
}

/**
 * A request with any number of replies: open until every receiver has given its last, or failed. Like any request it is held
 * by its deliveries. While it is open it is also known by its number, as the instances that work on it are notified when the requester
 * abandons it.
 */
export class ReplyStream implements PendingRequest {
  readonly requester: number;
  readonly number: number;
  readonly activity: string;
  isOpen = true;
  timer: Timer | undefined;
  /** Those that have not ended: for telling who is at them. Of the others, the messages are not kept for that. */
  readonly asked = new Set<RequestDelivery>();
  readonly #fields: StreamFields;
  #deliveries: number;
  /** Those whose delivery counts already, by their last reply or their end: each has one delivery at most. */
  readonly #through = new Set<RoleIdentity>();
  #answered = 0;
  #failed = 0;
  #expired = 0;
  #bindings = 0;
  /** The first failure, for people. */
  #why: Failure | undefined;
  #unsettled = 0;
  #unsettledBytes = 0;

  constructor(fields: StreamFields) {
    this.requester = fields.requester;
    this.number = fields.number;
    this.activity = fields.activity;
    this.#fields = fields;
    this.#deliveries = fields.deliveries;
  }

  get isAwaited(): boolean {
    return this.isOpen;
  }

  /** The requester takes no more replies: an instance that is given a delivery of it is notified. */
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

  deliveryRefused(delivery: RequestDelivery): void {
    this.#deliveries -= 1;
    this.asked.delete(delivery);
  }

  deliveryBound(): void {
    this.#bindings += 1;
  }

  deliveryReturned(): void {
    this.#bindings -= 1;
  }

  /** A receiver says that it has no more replies. */
  deliveryAnswered({ subscription }: RequestDelivery): void {
    if (this.#countsFor(subscription.role)) this.#answered += 1;
    this.#endIfThrough();
  }

  deliveryFailed(failure: Failure, { subscription }: RequestDelivery): void {
    // It has said all that it had to say before.
    if (!this.#countsFor(subscription.role)) return;
    if (isExpiry(failure)) this.#expired += 1;
    else this.#failed += 1;
    this.#why ??= failure;
    this.#endIfThrough();
  }

  deliveryEnded(delivery: RequestDelivery): void {
    this.asked.delete(delivery);
  }

  /** A receiver gives its last reply. Whether the request ends with it; if not, more may come from others. */
  takesLast(sender: RoleIdentity | undefined): boolean {
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

  /** The requester takes no more. Notifies the instances that work on it. */
  abandon(): void {
    if (!this.isOpen) return;
    this.close();
    for (const delivery of this.asked) delivery.notifyUnwanted();
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.timer?.cancel();
    this.#fields.onClosed(this);
  }

  /** Whether this is the first that ends a role's part. */
  #countsFor(role: RoleIdentity): boolean {
    if (this.#through.has(role)) return false;
    this.#through.add(role);
    return true;
  }

  get #isThrough(): boolean {
    return this.#answered + this.#failed + this.#expired >= this.#deliveries;
  }

  #endIfThrough(): void {
    if (!this.isOpen || !this.#isThrough) return;
    this.close();
    const { requesters } = this.#fields;
    if (this.#failed + this.#expired === 0) requesters.get(this.requester)?.link.answered(this.number);
    else {
      const reason = this.#reason();
      requesters.undeliverable(this.requester, this.number, { detail: "", ...this.#why, reason });
    }
  }

  #reason(): Failure["reason"] {
    if (this.#failed > 0) return "HANDLER_FAILED";
    return this.#bindings > 0 ? "DEADLINE_EXCEEDED" : "NO_INSTANCE";
  }
}
