import type { Incoming, ReturnPath } from "./bus.ts";

/** What is kept of a message that the app received, so that a reply to it finds its way. */
export interface Received {
  readonly id: string;
  readonly activityId: string;
  readonly returnPath: ReturnPath | undefined;
  readonly auth: Uint8Array;
  /** Number of the delivery while the app handles it, 0 afterwards. */
  number: number;
}

/** How many messages are remembered: those of some seconds of a busy app. Each costs about 600 bytes. */
const maxReceived = 10_000;

/**
 * What the app received of late. An app answers by `responseTo`, or just in the same activity; from here come the return
 * path and the `auth` that it need not know of.
 */
export class ReceivedMessages {
  readonly #byId = new Map<string, Received>();
  /** The latest that nobody has replied to, by activity. */
  readonly #unanswered = new Map<string, Received>();
  /** Those that the app handles right now, by activity. */
  readonly #handling = new Map<string, Received>();

  /** The app is given a message. */
  add(incoming: Incoming): Received {
    const { id, activityId, returnPath, number, envelope } = incoming;
    const auth = new Uint8Array(envelope.auth);
    const received: Received = { id, activityId, returnPath, number, auth };
    this.#byId.delete(id);
    this.#byId.set(id, received);
    if (returnPath) this.#unanswered.set(activityId, received);
    this.#handling.set(activityId, received);
    if (this.#byId.size > maxReceived) this.#forget(this.#byId.values().next().value as Received);
    return received;
  }

  /** The app has answered the delivery. It may still reply to it. */
  handled(received: Received): void {
    received.number = 0;
    if (this.#handling.get(received.activityId) === received) this.#handling.delete(received.activityId);
  }

  /** What a message of the app replies to, by the id that it names. */
  byId(id: string): Received | undefined {
    const received = this.#byId.get(id);
    if (received && this.#unanswered.get(received.activityId) === received)
      this.#unanswered.delete(received.activityId);
    return received;
  }

  /** What a message of the app may reply to: the latest request of its activity that nothing has replied to by id. */
  byActivity(activityId: string): Received | undefined {
    return this.#unanswered.get(activityId);
  }

  /** Number of the delivery that the app handles in an activity, or 0. */
  handling(activityId: string | undefined): number {
    return activityId === undefined ? 0 : (this.#handling.get(activityId)?.number ?? 0);
  }

  #forget(received: Received): void {
    this.#byId.delete(received.id);
    if (this.#unanswered.get(received.activityId) === received) this.#unanswered.delete(received.activityId);
  }
}
