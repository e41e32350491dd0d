import {
  type AttachRequest,
  type AttachResponse,
  type Credit,
  type Delivery,
  emptyList,
  newCredit,
  newRefusal,
  type Publish,
  type Refusal,
  type Registration,
} from "@exosphere/proto";
import { requesterNumber } from "../mesh-numbers.ts";
import { BlockedHandlers } from "./blocked-handlers.ts";
import { OpenDeliveries } from "./open-deliveries.ts";
import type { Version2Peers } from "./version-2-peers.ts";

/** The version that is translated. */
export const translatedVersion = 2;

/** The version that it is translated to. */
const spokenVersion = 3;

/** The longest deadline that travels, in milliseconds: what is valid for longer, or for ever, is valid for that long. */
const longestDeadlineMs = 0xffff_ffff;

/**
 * One stream whose peer speaks version 2, in the terms of version 3: its frames are changed in place. Return paths by handles become the
 * numbers of requesters, the delivery that causes a request becomes the chain of handlers that wait, and the window is raised for as
 * long as handlers wait, which is left to the broker in version 2.
 */
export class Version2Stream {
  readonly #peers: Version2Peers;
  readonly #blocked = new BlockedHandlers();
  readonly #deliveries: OpenDeliveries;
  /** The number by which replies find the peer. */
  readonly #requester: number;
  /** As the peer gave it last. */
  #credit: Credit;
  /** As it was passed on last. */
  #window: number;

  /** Translates the registration as well. */
  constructor(registration: Registration, peers: Version2Peers) {
    const { role, instanceId, credit } = registration;
    this.#peers = peers;
    registration.protocolVersion = spokenVersion;
    registration.key = peers.keyOf(role, instanceId);
    this.#requester = requesterNumber(role, registration.key);
    this.#deliveries = new OpenDeliveries(role);
    this.#credit = newCredit({ window: credit });
    this.#window = credit;
  }

  /** Translates what the peer sent. What its handlers wait for from now on does not count yet: see `creditChange`. */
  received(frame: AttachRequest): void {
    for (const number of frame.done) this.#settled(number);
    for (const { delivery } of frame.settlements) this.#settled(delivery);
    for (const request of frame.abandoned) this.#blocked.unblock(request);
    if (frame.credit) {
      this.#credit = { ...frame.credit };
      this.#window = this.#effectiveWindow;
      frame.credit.window = this.#window;
      // A slot of a handler that has ended is not to be given away twice.
    } else frame.credit = this.creditChange();
    let sequence = frame.firstSequence;
    for (const publish of frame.publishes) {
      this.#published(publish, sequence);
      sequence += 1;
    }
  }

  /** Translates what the peer is to be sent. */
  sent(frame: AttachResponse): void {
    if (frame.attached) {
      frame.attached.protocolVersion = translatedVersion;
      frame.attached.instance = this.#peers.handles.of(this.#requester);
      frame.attached.refusals = frame.attached.refusals.map(refusalOf);
    }
    for (const { sequence } of frame.refusals) this.#blocked.refused(sequence);
    if (frame.refusals.length > 0) frame.refusals = frame.refusals.map(refusalOf);
    if (frame.deliveries.length > 0) {
      this.#deliveries.sent(frame.deliveries, frame.firstDelivery);
      for (const delivery of frame.deliveries) this.#delivered(delivery);
    }
    for (const undeliverable of frame.undeliverables) {
      const { request, activityId } = undeliverable;
      undeliverable.retryAfterMs = 0;
      this.#blocked.unblock(request, activityId.length > 0 ? activityId : undefined);
    }
    for (const request of frame.answered) this.#blocked.unblock(request);
  }

  /**
   * The credit that has to be given in the peer's stead, as other handlers wait than before. While its app keeps failing it is given
   * none, as each credit allows for further probes.
   */
  creditChange(): Credit | undefined {
    const window = this.#effectiveWindow;
    if (window === this.#window || this.#credit.failing) return undefined;
    this.#window = window;
    return newCredit({ window });
  }

  /** A peer that takes no work takes none in place of its handlers either. */
  get #effectiveWindow(): number {
    return this.#credit.window === 0 ? 0 : this.#credit.window + this.#blocked.size;
  }

  #settled(delivery: number): void {
    this.#deliveries.settled(delivery);
    this.#blocked.settled(delivery);
  }

  #published(publish: Publish, sequence: number): void {
    const { request, cause, activityId, replyInstance, deadlineMs } = publish;
    publish.lifetimeMs = deadlineMs;
    publish.requester = this.#peers.handles.requesterOf(replyInstance);
    const chain = request === 0 || cause === 0 ? undefined : this.#deliveries.chainOf(cause);
    publish.awaiting = chain ?? emptyList;
    if (chain) this.#blocked.block(request, cause, activityId, sequence);
  }

  #delivered(delivery: Delivery): void {
    const { lifetimeMs, requester, request, more, activityId } = delivery;
    delivery.deadlineMs = lifetimeMs === 0 ? longestDeadlineMs : Math.min(longestDeadlineMs, lifetimeMs);
    delivery.replyInstance = delivery.replyRequest === 0 ? 0 : this.#peers.handles.of(requester);
    delivery.lifetimeMs = 0;
    delivery.requester = 0;
    delivery.awaiting = emptyList;
    delivery.failures = 0;
    delivery.durableId = 0;
    if (request !== 0 && !more) this.#blocked.unblock(request, activityId);
  }
}

/** A copy: whoever refused the publish keeps the original. */
function refusalOf(refusal: Refusal): Refusal {
  return newRefusal({ ...refusal, facts: {} });
}
