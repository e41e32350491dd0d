/**
 * Requests of one instance whose handlers are known to wait, as many as a link can have open. Beyond it a handler merely keeps its
 * slot. Each costs some 200 bytes.
 */
const maxRequests = 65_536;

/** A request that a handler waits for. */
interface BlockingRequest {
  /** Sequence of its publish. */
  readonly sequence: number;
  /** Number of the delivery that is being handled. */
  readonly delivery: number;
  /** The activity of the request, which whoever makes up an answer does not know. */
  readonly activity: Buffer;
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

  /** The handler of a delivery waits for the answer to a request, which is the publish of this sequence. */
  block(request: number, delivery: number, activityId: Uint8Array, sequence: number): void {
    this.unblock(request);
    if (this.#requests.size >= maxRequests) return;
    // A copy: a view may keep a whole frame.
    this.#requests.set(request, { sequence, delivery, activity: Buffer.from(activityId) });
    this.#bySequence.set(sequence, request);
    const requests = this.#byDelivery.get(delivery);
    if (requests) requests.add(request);
    else this.#byDelivery.set(delivery, new Set([request]));
  }

  /** A request is answered, has failed or was given up. `activityId`: as somebody else says, who has to know its activity. */
  unblock(request: number, activityId?: Uint8Array): void {
    const known = this.#requests.get(request);
    if (!known || (activityId && !known.activity.equals(activityId))) return;
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
