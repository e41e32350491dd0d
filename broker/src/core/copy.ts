import type { Instance } from "./instance.ts";
import type { Lane } from "./lane.ts";
import { copyOverheadBytes, usualActivityBytes } from "./limits.ts";
import type { ListNode } from "./list.ts";
import type { AwaitedCopy } from "./open-request.ts";
import type { StreamedReply } from "./reply-stream.ts";
import type { Role } from "./role.ts";
import type { Sending } from "./sending.ts";
import type { BoundPart } from "./shared-bound.ts";
import type { Subscription } from "./subscription.ts";
import type { Timer } from "./timer-wheel.ts";

/** What all copies of one message share. */
export interface Acceptance {
  /** Counts the messages of this broker's life, from 1. */
  readonly number: number;
  /** The role that sent it; undefined if the bus itself did. */
  readonly sender: Role | undefined;
  /** As what that role sent it. */
  readonly sending: Sending | undefined;
  /**
   * The activity that the message belongs to. Made when it is first asked for: most messages are alone in theirs, and their
   * roles have one instance, so that the number below is all that is looked at.
   */
  readonly activity: string;
  /** A number that stands for it. */
  readonly activityHash: number;
  /** The same as it travels. */
  activityId: Uint8Array;
  /** What the two apps say to each other, encoded; never looked into. */
  envelope: Uint8Array;
  /** When the broker accepted it, in milliseconds of the clock. */
  readonly acceptedAtMs: number;
  /** The broker's wall clock at that moment, in milliseconds since 1970. */
  readonly timestampMs: number;
  /** Until when it is of use, in milliseconds of the clock. */
  readonly expiresAtMs: number;
  /** Whole nanoseconds since the previous message of the activity, 0 for the first. */
  readonly responseTimeNs: number;
  /** Whether it comes from the security role. */
  readonly isSecurity: boolean;
  /** Handle of the sender if it waits for a reply, or 0. */
  readonly replyInstance: number;
  /** Not 0: the sender's number for its request. Without a handle beside it, it is one of the security role. */
  readonly replyRequest: number;
  /** Whether the sender takes any number of replies. */
  readonly isMany: boolean;
}

/**
 * One role's copy of a message. It waits in the role's queue, and once bound to an instance is that instance's delivery
 * until settled.
 */
export class Copy {
  readonly message: Acceptance;
  readonly subscription: Subscription;
  /** What it counts for wherever it is held, in bytes. */
  readonly bytes: number;
  /** The request that it is a copy of, if the sender waits for a reply. Let go when the copy has ended. */
  request: AwaitedCopy | undefined;
  /** How often it was given to an instance. */
  attempt = 0;
  /** Why its last attempt was not taken, for people; empty if nothing was said. */
  retryDetail = "";
  /** Its place in that lane and its deadline there, while it waits. */
  wait: { readonly place: ListNode<Copy>; readonly deadline: Timer } | undefined;
  /** Where it waits, or waited before it was bound. Undefined for a reply on its way to the waiter. */
  lane: Lane | undefined;
  /** The instance that it is bound to. */
  instance: Instance | undefined;
  /** Number of the delivery, per instance. */
  number = 0;
  /** Not 0: it answers the instance's own request of that number, and needs no credit. */
  answers = 0;
  /** Beside `answers`: further replies to that request may come. */
  isMore = false;
  /** The publish that is decided when it has ended. */
  streamed: StreamedReply | undefined;
  /** What it is counted in from when the bus takes it until it ends. */
  #heldIn: BoundPart | undefined;
  /** When an observer saw it given to an instance, in milliseconds of the clock. Set by the observer, for itself. */
  seenAtMs = 0;
  /** Requests that its handler waits for. While there are any, its slot is free for others. */
  awaited = 0;

  constructor(message: Acceptance, subscription: Subscription, request: AwaitedCopy | undefined) {
    this.message = message;
    this.subscription = subscription;
    this.request = request;
    const { envelope, activityId } = message;
    // Of the activity there are the bytes, and often the text.
    const longActivity = Math.max(0, 2 * (activityId.byteLength - usualActivityBytes));
    this.bytes = envelope.byteLength + longActivity + copyOverheadBytes;
  }

  /** Counts it in a part of the bus's memory, and no longer in the one before. */
  holdIn(part: BoundPart | undefined): void {
    this.#heldIn?.add(-this.bytes);
    part?.add(this.bytes);
    this.#heldIn = part;
  }

  /** Until when it is of use to this role, in milliseconds of the clock. */
  get expiresAtMs(): number {
    return Math.min(this.message.expiresAtMs, this.message.acceptedAtMs + this.subscription.deadlineMs);
  }

  /** A copy that waits must not keep the whole frame that it came in: a view of 200 bytes may hold a megabyte. */
  ownBytes(): void {
    const { message } = this;
    if (message.envelope.buffer.byteLength <= 2 * message.envelope.byteLength + 1024) return;
    message.envelope = new Uint8Array(message.envelope);
    message.activityId = new Uint8Array(message.activityId);
  }

  /** How many handlers wait for this one, directly or through other requests. Counts no further than `most`. */
  requestDepth(most: number): number {
    let depth = 0;
    for (let cause = this.request?.cause; cause?.instance && depth < most; cause = cause.request?.cause) depth += 1;
    return depth;
  }

  /**
   * Whether the handler of `delivery` waits, directly or through other requests, for this very message. Then it must not
   * wait for that delivery in turn.
   */
  isAwaitedBy(delivery: Copy): boolean {
    // A chain of requests is as long as the calls are deep; it is cut where a delivery on it is settled.
    for (let cause = this.request?.cause; cause?.instance; cause = cause.request?.cause) {
      if (cause === delivery) return true;
    }
    return false;
  }
}
