import type { ActivityAffinity } from "./activity-affinity.ts";
import { Delivery } from "./delivery.ts";
import type { Failure } from "./failure.ts";
import type { Instance } from "./instance.ts";
import { type AcceptedMessage, nobody } from "./message.ts";
import type { MessageStamper, UnstampedMessage } from "./message-stamper.ts";
import type { Observer } from "./observer.ts";
import type { PendingRequest } from "./pending-request.ts";
import type { Permission } from "./permission.ts";
import type { Publication } from "./publication.ts";
import { noReceivers, queueFull } from "./refusals.ts";
import type { Replies } from "./replies.ts";
import { ReplyStream, type StreamedReply } from "./reply-stream.ts";
import type { Role } from "./role.ts";
import type { Settler } from "./settle.ts";
import type { Subscription } from "./subscription.ts";

/** Dependencies of a placer. */
export interface PlacerOptions {
  readonly stamper: MessageStamper;
  readonly replies: Replies;
  readonly affinity: ActivityAffinity;
  readonly settler: Settler;
  readonly observer: Observer;
}

/** A message that was let through, and where it goes. */
export interface RoutedMessage {
  readonly sender: Instance<Role>;
  /** What the sender's role may send, with who receives it. */
  readonly permission: Permission<Role>;
  readonly publication: Publication;
  /** The instance that waits for it as a reply. It gets it beside all others. */
  readonly waiter: Instance<Role> | undefined;
  /** Whether it comes from the security role. */
  readonly isSecurity: boolean;
}

/** What is done with a message of the bus itself: a question, a notice, or one that the security role has delivered. */
export type OwnMessage = Pick<UnstampedMessage, "activityId" | "envelope"> &
  Partial<Pick<UnstampedMessage, "lifetimeMs" | "isSecurity" | "replyRequest" | "awaiting" | "isRepeatable">>;

/**
 * The third step of a message's way: accepts it, makes a delivery for each role that receives it, and puts each into the backlog
 * of its role. A reply goes straight to the instance that waits for it. Best-effort deliveries are taken or refused one by one: the message is
 * accepted if any of them is taken.
 */
export class Placer {
  readonly #options: PlacerOptions;

  constructor(options: PlacerOptions) {
    this.#options = options;
  }

  /** Places a message. Returns why nobody gets it, what decides on it later, or undefined if at least one delivery was taken. */
  place(routed: RoutedMessage): Failure | StreamedReply | undefined {
    const { stamper, replies, affinity, observer } = this.#options;
    const { sender, permission, publication, waiter } = routed;
    const { subscriptions, publicName } = permission;
    const message = stamper.accept(unstamped(routed));
    observer.publishes?.(sender, permission, message);
    // One that the security role was asked about may have been sent by an instance that has gone since.
    if (sender.role.instances.size > 1 && sender.isAttached) affinity.touch(message.activity, sender);
    const request = replies.open(sender, publication, subscriptions.length, message);
    const given = waiter && replies.give(waiter, permission, publication, message, request);
    if (given && waiter.role.instances.size > 1) this.#rememberWaiter(waiter, message);
    let taken = given === true ? 1 : 0;
    for (const subscription of subscriptions) {
      if (subscription.role !== waiter?.role && this.#offerTo(subscription, message, request)) taken += 1;
    }
    if (given && given !== true) return given;
    if (taken > 0) return undefined;
    replies.abandon(sender, publication.request);
    return subscriptions.length === 0 ? noReceivers(publicName) : queueFull(publicName);
  }

  /** Accepts a message of the bus itself. */
  accept({ lifetimeMs = 0, isSecurity = false, replyRequest = 0, ...own }: OwnMessage): AcceptedMessage {
    return this.#options.stamper.accept({ ...own, lifetimeMs, isSecurity, replyRequest, requester: 0 });
  }

  /** How long a message is valid whose sender asked for `lifetimeMs`, in milliseconds. */
  validityMs(lifetimeMs: number): number {
    return this.#options.stamper.validityMs(lifetimeMs);
  }

  /** Puts a delivery of a message into the backlog of each role that receives it. Returns how many were taken. */
  offer(
    message: AcceptedMessage,
    subscriptions: readonly Subscription<Role>[],
    request?: PendingRequest | undefined,
  ): number {
    let taken = 0;
    for (const subscription of subscriptions) if (this.#offerTo(subscription, message, request)) taken += 1;
    return taken;
  }

  /** Puts one delivery into the backlog of its role. False, and counted, if there is no room for it. */
  #offerTo(subscription: Subscription<Role>, message: AcceptedMessage, request: PendingRequest | undefined): boolean {
    const delivery = new Delivery(message, subscription, request);
    // Before it is offered: it may be delivered, and answered, at once.
    if (request instanceof ReplyStream) request.asked.add(delivery);
    if (subscription.role.dispatcher.offer(delivery)) return true;
    this.#options.settler.refusedByBacklog(delivery);
    return false;
  }

  /** The requester still takes part in the activity. It does not replace another instance there, as a return path can be made up. */
  #rememberWaiter(waiter: Instance<Role>, { activity }: AcceptedMessage): void {
    const { affinity } = this.#options;
    if ((affinity.get(activity, waiter.role) ?? waiter) === waiter) affinity.touch(activity, waiter);
  }
}

function unstamped({ sender, permission, publication, isSecurity }: RoutedMessage): UnstampedMessage {
  const { activityId, envelope, lifetimeMs, request, awaiting, many } = publication;
  return {
    sender: sender.role,
    permission,
    activityId,
    envelope,
    lifetimeMs,
    isSecurity,
    requester: request === 0 ? 0 : sender.requester,
    replyRequest: request,
    // Nobody waits for what is not a request.
    awaiting: request === 0 ? nobody : awaiting,
    isMany: many && request !== 0,
  };
}
