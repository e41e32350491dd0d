import { Delivery } from "./delivery.ts";
import type { Failure } from "./failure.ts";
import type { Instance } from "./instance.ts";
import { deliveryOverheadBytes } from "./limits.ts";
import type { AcceptedMessage } from "./message.ts";
import { OpenRequest } from "./open-request.ts";
import type { Permission } from "./permission.ts";
import { hasActivity, type Publication } from "./publication.ts";
import { notWanted, queueFull, streamFull } from "./refusals.ts";
import type { ReplyStream, StreamedReply } from "./reply-stream.ts";
import { ReplyStreams } from "./reply-streams.ts";
import type { Requesters } from "./requesters.ts";
import type { Role } from "./role.ts";
import type { Subscription } from "./subscription.ts";
import type { TimerWheel } from "./timer-wheel.ts";

/** Dependencies of what finds those who asked. */
export interface RepliesOptions {
  readonly requesters: Requesters;
  readonly timers: TimerWheel;
  /** Requests with many replies that may be open at once. */
  readonly maxStreams: number;
}

/** Requests, and how their answers find who asked. */
export class Replies {
  /** Those that are open and take many replies. */
  readonly streams: ReplyStreams;
  readonly #requesters: Requesters;

  constructor({ requesters, timers, maxStreams }: RepliesOptions) {
    this.#requesters = requesters;
    this.streams = new ReplyStreams(timers, maxStreams);
  }

  /** The request that a message is, if it is one, with `deliveries` of it that may be answered. `message` is needed where many replies may come. */
  open(
    instance: Instance<Role>,
    publication: Publication,
    deliveries: number,
    message?: AcceptedMessage,
  ): OpenRequest | ReplyStream | undefined {
    const { request: number } = publication;
    if (number === 0) return undefined;
    const fields = { requesters: this.#requesters, requester: instance.requester, number, deliveries };
    return publication.many && message
      ? this.streams.open(instance.role, { ...fields, activity: message.activity }, message.expiresAtMs)
      : new OpenRequest(fields);
  }

  /** The instance that waits for this message as a reply. */
  waiterOf(publication: Publication, permission: Permission): Instance<Role> | undefined {
    if (publication.replyRequest === 0) return undefined;
    const waiter = this.#requesters.get(publication.requester);
    const isReply = !publication.replyGuessed || waiter?.role.subscriptions.has(permission.publicName);
    return isReply ? waiter : undefined;
  }

  /** Why a reply with `more` is not taken. */
  refusalOf(publication: Publication, { publicName }: Permission): Failure | undefined {
    const isWanted = this.#requesters.has(publication.requester) && this.#streamOf(publication);
    return isWanted ? undefined : notWanted(publicName);
  }

  /**
   * Gives a reply straight to the waiter, without credit: two handlers that wait for each other must not starve. Returns
   * whether it was taken, or what decides on it.
   */
  give(
    waiter: Instance<Role>,
    { publicName }: Permission,
    publication: Publication,
    message: AcceptedMessage,
    asks: OpenRequest | ReplyStream | undefined,
  ): boolean | StreamedReply | Failure {
    const { replyRequest: number, more } = publication;
    const stream = this.streams.get(waiter.requester, number, message.activityId);
    const subscription = waiter.role.subscriptions.get(publicName);
    if (!subscription) {
      stream?.abandon();
      notify(waiter, number, notReceived(publicName, waiter.role.name), message.activityId);
      return false;
    }
    const bytes = publication.envelope.byteLength + deliveryOverheadBytes;
    if (!waiter.link.takesReplies || !waiter.role.replyMemory.hasRoom(bytes)) return queueFull(publicName);
    const streamed = more ? stream?.reply(bytes) : undefined;
    if (more && !streamed) return streamFull(publicName);
    const isMore = streamed !== undefined || (stream !== undefined && !stream.takesLast(message.sender));
    if (isMore) message.ownBytes();
    asks?.deliveryBound();
    // A reply may ask in its turn.
    bindReply(waiter, new Delivery(message, subscription, asks, { answers: number, isMore, streamed }));
    if (!more) stream?.endIfThrough();
    return streamed ?? true;
  }

  /**
   * Gives a message of the bus itself to the instance that waits for it as the answer to its request. False: there is no room.
   * Undefined: that instance is not attached.
   */
  answer(
    message: AcceptedMessage,
    subscription: Subscription,
    to: { readonly requester: number; readonly request: number },
  ): boolean | undefined {
    const waiter = to.request === 0 ? undefined : this.#requesters.get(to.requester);
    if (!waiter) return undefined;
    const reply = new Delivery(message, subscription, undefined, {
      answers: to.request,
      isMore: false,
      streamed: undefined,
    });
    if (!waiter.link.takesReplies || !waiter.role.replyMemory.hasRoom(reply.bytes)) return false;
    bindReply(waiter, reply);
    return true;
  }

  /** A reply was refused: notifies the instance that waits for it now, not at the deadline. */
  refused(publication: Publication, failure: Failure): void {
    const { requester, replyRequest, replyGuessed, activityId } = publication;
    // That nobody receives it was told when it was accepted as a reply; or nobody wants it any more.
    if (replyGuessed || !hasActivity(publication) || failure.reason === "NO_RECEIVERS") return;
    // One that is away is not told later: a return path may be made up, and many of them would push out what others are to be told.
    const waiter = this.#requesters.get(requester);
    if (waiter) notify(waiter, replyRequest, failure, activityId);
    this.#streamOf(publication)?.abandon();
  }

  /** The caller of a request no longer waits. */
  abandon(instance: Instance, request: number): void {
    this.streams.abandon(instance.requester, request);
  }

  #streamOf({ requester, replyRequest, activityId }: Publication): ReplyStream | undefined {
    return this.streams.get(requester, replyRequest, activityId);
  }
}

/**
 * Notifies an instance of what became of a reply to it. Not while it reads too slowly: the return path may be made up, and a flood of them
 * must not end its stream. It waits for its deadline then.
 */
function notify({ link }: Instance, request: number, why: Failure, activityId: Uint8Array): void {
  if (link.takesReplies) link.undeliverable(request, why, activityId);
}

function bindReply(waiter: Instance<Role>, reply: Delivery): void {
  reply.countIn(waiter.role.replyMemory);
  waiter.take(reply);
}

/** A reply came whose requester's role does not receive it. */
function notReceived(name: string, role: string): Failure {
  const detail = `The reply '${name}' came, but role '${role}' does not receive it. Add it to the receives of its service.yml.`;
  return { reason: "NOT_ALLOWED", detail, facts: { name, role } };
}
