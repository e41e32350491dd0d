import { activityNumber } from "../mesh-numbers.ts";

/**
 * Requests of one handler that are known, some 200 bytes each. Beyond it the handler merely takes its slot back too early. Of handlers there
 * are as many as deliveries, whose memory is bounded for each role.
 */
const maxRequests = 16;

/** A request that a handler waits for. */
interface BlockingRequest {
  /** Sequence of its publish. */
  readonly sequence: number;
  /** Number of the delivery that is being handled. */
  readonly delivery: number;
  /** Stands for the activity of the request, which whoever makes up an answer does not know, and which may be long. */
  readonly activity: number;
}

/** The handlers of one stream of version 2 that wait for answers. While one waits, its slot is free for others. */
export class BlockedHandlers {
  readonly #requests = new Map<number, BlockingRequest>();
  /** The requests of each handler that waits, by number of its delivery. */
  readonly #byDelivery = new Map<number, Set<number>>();
  /** The same requests by the sequences of their publishes. */
  readonly #bySequence = new Map<number, number>();

  /** Handlers that wait. */
  get size(): number {
    return this.#byDelivery.size;
  }

  /** Requests that they wait for, as far as they are known. */
  get requests(): number {
    return this.#requests.size;
  }

  /** The handler of a delivery waits for the answer to a request, which is the publish of this sequence. */
  block(request: number, delivery: number, activityId: Uint8Array, sequence: number): void {
    this.unblock(request);
    const requests = this.#byDelivery.get(delivery) ?? new Set();
    if (requests.size >= maxRequests) return;
    this.#byDelivery.set(delivery, requests.add(request));
    this.#requests.set(request, { sequence, delivery, activity: activityNumber(activityId) });
    this.#bySequence.set(sequence, request);
  }

  /** A request is answered, has failed or was given up. `activityId`: as somebody else says, who has to know its activity. */
  unblock(request: number, activityId?: Uint8Array): void {
    const known = this.#requests.get(request);
    if (!known || (activityId && known.activity !== activityNumber(activityId))) return;
    this.#requests.delete(request);
    this.#bySequence.delete(known.sequence);
    const requests = this.#byDelivery.get(known.delivery);
    requests?.delete(request);
    if (requests?.size === 0) this.#byDelivery.delete(known.delivery);
  }

  /** The publish of a sequence was refused. */
  refused(sequence: number): void {
    const request = this.#bySequence.get(sequence);
    if (request !== undefined) this.unblock(request);
  }

  /** A delivery is settled: its handler waits for nothing, and what it asked is not counted against a next attempt. */
  settled(delivery: number): void {
    for (const request of this.#byDelivery.get(delivery) ?? []) this.unblock(request);
  }
}
