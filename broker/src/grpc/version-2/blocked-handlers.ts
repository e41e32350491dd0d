/**
 * Requests of one instance whose handlers are known to wait, as many as a link can have open. Beyond it a handler merely keeps its
 * slot. Each costs some 150 bytes.
 */
const maxBlocking = 65_536;

/** A request that a handler waits for. */
interface Blocking {
  /** Number of the delivery that is being handled. */
  readonly delivery: number;
  /** The activity of the request, which whoever makes up an answer does not know. */
  readonly activity: Buffer;
}

/** The handlers of one instance that wait for answers. While one waits, its slot is free for others. */
export class BlockedHandlers {
  readonly #blocking = new Map<number, Blocking>();
  /** The requests of each handler that waits, by number of its delivery. */
  readonly #requests = new Map<number, Set<number>>();

  /** Handlers that wait. */
  get size(): number {
    return this.#requests.size;
  }

  /** The handler of a delivery waits for the answer to a request. */
  block(request: number, delivery: number, activityId: Uint8Array): void {
    this.unblock(request);
    if (this.#blocking.size >= maxBlocking) return;
    // A copy: a view may keep a whole frame.
    this.#blocking.set(request, { delivery, activity: Buffer.from(activityId) });
    const requests = this.#requests.get(delivery);
    if (requests) requests.add(request);
    else this.#requests.set(delivery, new Set([request]));
  }

  /** A request is answered, has failed or was given up. Where somebody else says so, it must be of this activity. */
  unblock(request: number, activityId?: Uint8Array): void {
    const blocking = this.#blocking.get(request);
    if (!blocking || (activityId && !blocking.activity.equals(activityId))) return;
    this.#blocking.delete(request);
    const requests = this.#requests.get(blocking.delivery);
    requests?.delete(request);
    if (requests?.size === 0) this.#requests.delete(blocking.delivery);
  }

  /** A delivery is settled: its handler waits for nothing, and what it asked is not counted against a next attempt. */
  settled(delivery: number): void {
    const requests = this.#requests.get(delivery);
    if (!requests) return;
    this.#requests.delete(delivery);
    for (const request of requests) this.#blocking.delete(request);
  }
}
