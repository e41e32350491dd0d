import { activityHash } from "./activity-hash.ts";
import { type Acceptance, Copy } from "./copy.ts";
import type { Instance } from "./instance.ts";
import { copyOverheadBytes } from "./limits.ts";
import type { Refused } from "./link.ts";
import { OpenRequest } from "./open-request.ts";
import type { Publish } from "./publish.ts";
import { notWanted, queueFull, streamFull } from "./refusals.ts";
import type { ReplyStream, StreamedReply } from "./reply-stream.ts";
import { ReplyStreams } from "./reply-streams.ts";
import type { Requesters } from "./requesters.ts";
import type { Sending } from "./sending.ts";
import type { TimerWheel } from "./timer-wheel.ts";

/** What finding those who asked needs. */
export interface RepliesOptions {
  readonly requesters: Requesters;
  readonly timers: TimerWheel;
  /** That of the hashes of activities. */
  readonly seed: number;
  /** Requests with many replies that may be open at once. */
  readonly maxStreams: number;
}

/** Requests, and how their answers find who asked. */
export class Replies {
  /** Those that are open and take many replies. */
  readonly streams: ReplyStreams;
  readonly #requesters: Requesters;
  readonly #seed: number;

  constructor({ requesters, timers, seed, maxStreams }: RepliesOptions) {
    this.#seed = seed;
    this.#requesters = requesters;
    this.streams = new ReplyStreams(timers, maxStreams);
  }

  /** The request that a message is, if it is one. `cause` is the delivery whose handler waits for the answer. */
  open(instance: Instance, publish: Publish, cause: Copy | undefined, copies: number, message?: Acceptance) {
    const { request: number } = publish;
    if (number === 0) return undefined;
    const fields = { requesters: this.#requesters, requester: instance.handle, number, cause, copies };
    return publish.many && message
      ? this.streams.open(instance.role, { ...fields, activity: message.activity }, message.expiresAtMs)
      : new OpenRequest(fields);
  }

  /** The instance that waits for this message as a reply. */
  waiterOf(publish: Publish, sending: Sending): Instance | undefined {
    if (publish.replyRequest === 0) return undefined;
    const waiter = this.#requesters.get(publish.replyInstance);
    const isReply = !publish.replyGuessed || waiter?.role.subscriptions.has(sending.publicName);
    return isReply ? waiter : undefined;
  }

  /** Why a reply with `more` is not taken. */
  refusalOf(publish: Publish, { publicName }: Sending): Refused | undefined {
    const isWanted = this.#requesters.has(publish.replyInstance) && this.#streamOf(publish);
    return isWanted ? undefined : notWanted(publicName);
  }

  /**
   * Gives a reply straight to the waiter, without credit: two handlers that wait for each other must not starve. Returns
   * whether it was taken, or what decides on it.
   */
  give(
    waiter: Instance,
    sending: Sending,
    publish: Publish,
    message: Acceptance,
    asks: OpenRequest | ReplyStream | undefined,
  ): boolean | StreamedReply | Refused {
    const { replyRequest: number, more } = publish;
    const stream = this.streams.get(waiter.handle, number, message.activityId);
    const subscription = waiter.role.subscriptions.get(sending.publicName);
    if (!subscription) {
      stream?.abandon();
      waiter.noLongerWaits(number, message.activityHash);
      const detail = `The reply '${sending.publicName}' came, but role '${waiter.role.name}' does not receive it. Add it to the receives of its service.yml.`;
      const facts = { name: sending.publicName, role: waiter.role.name };
      waiter.link.undeliverable(number, { reason: "NOT_ALLOWED", detail, facts }, message.activityId);
      return false;
    }
    const bytes = publish.envelope.byteLength + copyOverheadBytes;
    if (!waiter.role.replyMemory.hasRoom(bytes)) return queueFull(sending.publicName);
    const streamed = more ? stream?.reply(bytes) : undefined;
    if (more && !streamed) return streamFull(sending.publicName);
    // A reply may ask in its turn.
    const copy = new Copy(message, subscription, asks);
    copy.answers = number;
    copy.streamed = streamed;
    copy.isMore = streamed !== undefined || (stream !== undefined && !stream.takesLast(message.sender));
    if (copy.isMore) copy.ownBytes();
    else waiter.noLongerWaits(number, message.activityHash);
    asks?.copyLeftQueue();
    copy.holdIn(waiter.role.replyMemory);
    waiter.take(copy);
    if (!more) stream?.endIfThrough();
    return streamed ?? true;
  }

  /** A reply was refused: who waits for it hears why now, and not at the deadline. */
  refused(publish: Publish, refused: Refused): void {
    const { replyInstance, replyRequest, replyGuessed, activityId } = publish;
    // That nobody receives it was told when it was accepted as a reply; or nobody wants it any more.
    if (replyGuessed || activityId.length === 0 || refused.reason === "NO_RECEIVERS") return;
    // One that is away is not told later: a return path may be made up, and many of them would push out what others are to be told.
    const waiter = this.#requesters.get(replyInstance);
    waiter?.noLongerWaits(replyRequest, activityHash(activityId, this.#seed));
    waiter?.link.undeliverable(replyRequest, refused, activityId);
    this.#streamOf(publish)?.abandon();
  }

  /** The caller of a request no longer waits. */
  abandon(instance: Instance, request: number): void {
    instance.noLongerWaits(request);
    this.streams.abandon(instance.handle, request);
  }

  #streamOf({ replyInstance, replyRequest, activityId }: Publish): ReplyStream | undefined {
    return this.streams.get(replyInstance, replyRequest, activityId);
  }
}
