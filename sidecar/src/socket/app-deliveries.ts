import { messageOverheadBytes, type ServedStream } from "@exosphere/frames";
import type { Ending, Incoming } from "@exosphere/link";
import { type AttachRequest, newDelivery, type Settlement } from "@exosphere/proto";
import { outcomeOf } from "@exosphere/proto/outcomes";
import { malformed } from "./malformed.ts";
import type { SessionHost } from "./session-host.ts";
import type { SessionNames } from "./session-names.ts";
import { Unsettled } from "./unsettled.ts";

/** Where the app is given its messages. */
export interface DeliveryStream {
  readonly stream: ServedStream;
  readonly names: SessionNames;
}

/** What the app is given by one stream, until it has settled that. */
export class AppDeliveries {
  readonly #host: Pick<SessionHost<object>, "settle" | "observer" | "idle">;
  readonly #stream: ServedStream;
  readonly #names: SessionNames;
  readonly #unsettled = new Unsettled();

  constructor(host: Pick<SessionHost<object>, "settle" | "observer" | "idle">, { stream, names }: DeliveryStream) {
    this.#host = host;
    this.#stream = stream;
    this.#names = names;
  }

  /** Whether the app has settled everything that it was given. */
  get areSettled(): boolean {
    return this.#unsettled.size === 0;
  }

  /** Gives the app a message, which it is to settle. */
  deliver(incoming: Incoming): void {
    this.#unsettled.add(this.#give(incoming, 0), incoming);
  }

  /** Gives the app a reply to its request of this number. */
  reply(reply: Incoming, request: number): void {
    const number = this.#give(reply, request);
    // The last needs no settlement of the app's: the link has said it already.
    if (reply.isMore) this.#unsettled.add(number, reply);
  }

  /** Whoever sent a message that the app has takes no more replies. `incoming`: its number on the link. */
  unwanted(incoming: number): void {
    const number = this.#unsettled.numberOf(incoming);
    if (number !== 0) this.#stream.frame(5).unwanted.push(number);
  }

  /** Passes on how deliveries have ended, as the app says in a frame that came at `nowMs`. Throws INVALID_MESSAGE. */
  settle({ done, settlements }: Pick<AttachRequest, "done" | "settlements">, nowMs: number): void {
    for (const number of done) this.#settle(number, "done", nowMs);
    for (const settlement of settlements) this.#ended(settlement, nowMs);
  }

  /** The app is gone: what it never got goes back, and the rest has failed. */
  giveBack(firstUnwritten: number | undefined): void {
    for (const { incoming, wasWritten } of this.#unsettled.takeAll(firstUnwritten)) {
      if (wasWritten) this.#host.settle(incoming, "failed", "The app was lost before it settled the message.");
      else this.#host.settle(incoming, "returned");
    }
  }

  /** Puts a message into a frame. Returns its number on this stream. */
  #give(incoming: Incoming, request: number): number {
    const { delivery } = incoming;
    const frame = this.#stream.frame(
      delivery.envelope.byteLength + delivery.activityId.byteLength + messageOverheadBytes,
    );
    const number = this.#unsettled.nextNumber();
    if (frame.deliveries.length === 0) frame.firstDelivery = number;
    // Field by field: a copy of all of them is made by a slower way of V8's.
    frame.deliveries.push(
      newDelivery({
        name: this.#names.received(incoming.name),
        activityId: delivery.activityId,
        // It has just come, so that nothing of its time is gone.
        lifetimeMs: delivery.lifetimeMs,
        attempt: delivery.attempt,
        failures: delivery.failures,
        requester: delivery.requester,
        replyRequest: delivery.replyRequest,
        request,
        timestampSeconds: delivery.timestampSeconds,
        timestampNanos: delivery.timestampNanos,
        responseTimeNs: delivery.responseTimeNs,
        isSecurity: delivery.isSecurity,
        envelope: delivery.envelope,
        many: delivery.many,
        more: delivery.more,
        awaiting: delivery.awaiting,
      }),
    );
    return number;
  }

  #ended({ delivery, outcome: number, detail, retryAfterMs }: Settlement, nowMs: number): void {
    const outcome = outcomeOf(number);
    if (!outcome) throw malformed(`${number} is not an outcome of a settlement.`);
    // More time is of use to durable deliveries alone: this one stays as it is.
    if (outcome !== "working") this.#settle(delivery, outcome, nowMs, detail, retryAfterMs);
  }

  #settle(number: number, ending: Ending, nowMs: number, detail = "", retryAfterMs = 0): void {
    const taken = this.#unsettled.take(number);
    // A reply, which needs no settlement, or a delivery of an earlier time.
    if (!taken) return;
    this.#host.settle(taken, ending, detail, retryAfterMs);
    const isHandled = ending !== "returned" && taken.request === 0;
    if (isHandled) this.#host.observer.handled(taken.name, ending, (nowMs - taken.cameMs) / 1000);
    if (this.areSettled) this.#host.idle();
  }
}
