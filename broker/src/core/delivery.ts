import type { DeliveryState } from "./delivery-state.ts";
import type { Holder } from "./holder.ts";
import type { Lane } from "./lane.ts";
import { deliveryOverheadBytes, usualActivityBytes } from "./limits.ts";
import type { ListNode } from "./list.ts";
import type { AcceptedMessage } from "./message.ts";
import type { PendingRequest, RequestDelivery, StreamedDelivery } from "./pending-request.ts";
import type { BoundPart } from "./shared-bound.ts";
import type { Subscription } from "./subscription.ts";
import type { Timer } from "./timer-wheel.ts";

/** The ordering lane of deliveries. */
export type OrderingLane = Lane<Delivery>;

/** For a reply that goes straight to the instance that waits for it. */
export interface ReplyFields {
  /** The instance's own request that it answers. */
  readonly answers: number;
  /** Whether further replies to that request may come. */
  readonly isMore: boolean;
  /** The publish that is decided when the delivery has ended. */
  readonly streamed: StreamedDelivery | undefined;
}

/** Of what an app says of why it does not take a message, as many characters are kept while that waits: a sentence or two. */
const maxRetryDetail = 200;

/** A delivery as its own methods change it. Everybody else has a `Delivery`, to which nothing can be assigned. */
class OwnDelivery implements RequestDelivery {
  readonly message: AcceptedMessage;
  readonly subscription: Subscription;
  /** What it counts for wherever it is held, in bytes. */
  readonly bytes: number;
  /** Until when it is valid for its role, in milliseconds of the clock. */
  readonly expiresAtMs: number;
  state: DeliveryState = "held";
  /** The request that it belongs to, if the sender waits for a reply. Let go when it has ended. */
  request: PendingRequest | undefined;
  /** The reply of several that it is, until it has ended. */
  streamed: StreamedDelivery | undefined;
  /** Not 0: it answers the instance's own request of that number, and needs no credit. */
  answers = 0;
  /** Beside `answers`: further replies to that request may come. */
  isMore = false;
  /** How often it was given to an instance, but for when it came back unseen. */
  attempt = 0;
  /** How many attempts have failed, or may have. Those that the app did not take are not among them. */
  failures = 0;
  /** Why its last attempt was not taken, for people; empty if nothing was said. */
  retryDetail = "";
  /** Where it waits, or waited before it was bound. Undefined for a reply on its way to the waiter. */
  lane: OrderingLane | undefined;
  /** The instance that it is bound to. */
  holder: Holder | undefined;
  /** Its number at the instance that has it, or had it last. */
  number = 0;
  #isCold = false;
  #place: ListNode<Delivery> | undefined;
  #deadline: Timer | undefined;
  #countedIn: BoundPart | undefined;
  #handler: number | undefined;

  /** `request` is what waits for its answer, if its message is a request; `reply` is given where it answers one itself. */
  constructor(
    message: AcceptedMessage,
    subscription: Subscription,
    request: PendingRequest | undefined,
    reply?: ReplyFields,
  ) {
    this.message = message;
    this.subscription = subscription;
    this.expiresAtMs = Math.min(message.expiresAtMs, message.acceptedAtMs + subscription.deadlineMs);
    this.request = request;
    const { envelope, activityId } = message;
    // Of the activity there are the bytes, and often the text.
    const longActivity = Math.max(0, 2 * (activityId.byteLength - usualActivityBytes));
    this.bytes = envelope.byteLength + longActivity + deliveryOverheadBytes;
    if (!reply) return;
    this.answers = reply.answers;
    this.isMore = reply.isMore;
    this.streamed = reply.streamed;
  }

  /** Whether it may be bound when its turn comes: it is committed, and its body is in memory. */
  get mayLeave(): boolean {
    return this.state === "waiting" && !this.#isCold;
  }

  /** Takes its place in a lane: before it is on disk, or as one that may leave. */
  wait(
    lane: OrderingLane,
    place: ListNode<Delivery>,
    deadline: Timer,
    state: "waiting" | "uncommitted" = "waiting",
  ): void {
    this.#leave("held", state);
    this.lane = lane;
    this.#place = place;
    this.#deadline = deadline;
  }

  /** It is on disk: from now on it may leave. */
  commit(): void {
    this.#leave("uncommitted", "waiting");
  }

  /** Its body is no longer in memory. */
  cool(): void {
    this.#leave("waiting", "waiting");
    this.#isCold = true;
  }

  /** Its body is in memory again. */
  warm(): void {
    this.#leave("waiting", "waiting");
    this.#isCold = false;
  }

  /** Gives up its place: it is to be bound, or to end. It remembers its lane. */
  leaveLane(): void {
    this.#leave(this.state === "uncommitted" ? "uncommitted" : "waiting", "held");
    this.#place?.remove();
    this.#deadline?.cancel();
    this.#place = undefined;
    this.#deadline = undefined;
  }

  /** The lane that it is to be the head of, as it is bound without having waited. */
  enter(lane: OrderingLane): void {
    this.#leave("held", "held");
    this.lane = lane;
  }

  /** Goes to an instance, which knows it by `number`. Its body must be in memory. */
  bind(holder: Holder, number: number): void {
    if (this.#isCold) throw new Error("A cold delivery cannot be bound: its body has to be loaded first.");
    this.#leave("held", "bound");
    this.holder = holder;
    this.number = number;
    this.attempt += 1;
  }

  /** No longer with its instance: it is settled, or goes elsewhere. */
  release(): void {
    this.#leave("bound", "held");
    this.holder = undefined;
  }

  /** No app has seen it: as if it had never been bound. A reply that nobody waits for any more becomes an ordinary delivery. */
  forgetAttempt(): void {
    this.#leave("held", "held");
    this.attempt -= 1;
    this.answers = 0;
  }

  /** Its last attempt has failed, or may have. */
  countFailure(): void {
    this.#leave("held", "held");
    this.failures += 1;
  }

  /** An app did not take it, and said why. */
  decline(detail: string): void {
    this.#leave("held", "held");
    this.answers = 0;
    this.retryDetail = detail.slice(0, maxRetryDetail);
  }

  /** Ends it for good: it is counted nowhere any more, and lets go of the request that it belongs to. */
  end(): void {
    this.#leave("held", "ended");
    this.countIn(undefined);
    this.request = undefined;
    this.streamed = undefined;
  }

  /** Counts it in a part of the bus's memory, and no longer in the one before. */
  countIn(part: BoundPart | undefined): void {
    this.#countedIn?.add(-this.bytes);
    part?.add(this.bytes);
    this.#countedIn = part;
  }

  notifyUnwanted(): void {
    this.holder?.notifyUnwanted(this.number);
  }

  /** Whether the handler that has `head` waits for this very message, directly or through other requests. */
  isAwaitedBy(head: Delivery): boolean {
    const { awaiting } = this.message;
    return awaiting.length > 0 && awaiting.includes(head.handlerNumber());
  }

  /** The number of the handler that has it, or -1 if it has no id. */
  handlerNumber(): number {
    // Worked out once: whatever claims to be awaited asks, and an envelope may take milliseconds to read.
    this.#handler ??= this.message.handlerAt(this.subscription.role) ?? -1;
    return this.#handler;
  }

  #leave(from: DeliveryState, to: DeliveryState): void {
    if (this.state !== from)
      throw new Error(`A delivery that is ${this.state} cannot become ${to}: it is not ${from}.`);
    this.state = to;
  }
}

/**
 * One role's delivery of a message. It waits in the role's backlog, and is bound to an instance until that has settled it. All
 * that changes in it is changed by its own methods; each checks the state that it leaves, and throws where the core is wrong.
 */
export interface Delivery extends Readonly<OwnDelivery> {}

/** Makes deliveries. */
export const Delivery: new (...fields: ConstructorParameters<typeof OwnDelivery>) => Delivery = OwnDelivery;
