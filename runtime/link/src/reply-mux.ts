import { ExoError } from "@exosphere/proto";
import { type Clock, systemClock } from "./clock.ts";
import { DeadlineWatch } from "./deadline-watch.ts";
import type { Incoming } from "./incoming.ts";
import type { OpenRequest, RequestCarrier } from "./open-request.ts";
import type { OutboxEntry } from "./outbox-entry.ts";
import { RequestSlots } from "./request-slots.ts";
import { malformedReply } from "./wire-error.ts";

/** Brings replies to those who wait for them. */
export class ReplyMux {
  /** Those that wait. */
  readonly requests: RequestSlots<OpenRequest> = new RequestSlots<OpenRequest>();
  readonly #watch: DeadlineWatch;
  readonly #onExpired: (request: OpenRequest) => void;

  /** `onExpired` tells the broker that nobody waits any more. */
  constructor(onExpired: (request: OpenRequest) => void, clock: Clock = systemClock) {
    this.#onExpired = onExpired;
    this.#watch = new DeadlineWatch((now) => this.#sweep(now), clock);
  }

  /** Starts to wait for the reply to a request, which is given its number. False if too many wait already. */
  open(request: OpenRequest): boolean {
    if (!this.requests.add(request)) return false;
    request.handler?.requestStarted();
    this.#watch.watch(request.dueMs);
    return true;
  }

  /**
   * Takes a message if somebody waits for it. `no`: it is an ordinary delivery. `more`: others may come, and whoever waits is to
   * settle it. With a mistake: it must not be made into text, and whoever waited has been told.
   */
  take(incoming: Incoming): "no" | "last" | "more" | { readonly mistake: string } {
    const { size } = this.requests;
    const request = incoming.request === 0 ? size > 0 && this.#asked(incoming) : this.requests.get(incoming.request);
    // The activity is known to nobody outside of it: a reply that does not know it was made up.
    if (!request || !incoming.isReplyTo(request)) return "no";
    const mistake = request.textMistake?.(incoming);
    if (mistake !== undefined) {
      this.fail(request.number, malformedReply(incoming.name, mistake));
      return { mistake };
    }
    const isLast = !incoming.isMore || !request.many;
    if (isLast) this.#close(request);
    request.answered(undefined, incoming);
    return isLast ? "last" : "more";
  }

  /** Ends a request without a reply. Where a reply in an activity is the reason, it must be the request's, as in `take`. */
  fail(number: number, error: Error, activityId = ""): void {
    const request = this.requests.get(number);
    if (!request || (activityId !== "" && activityId !== request.activityId)) return;
    this.#close(request);
    request.answered(error, undefined);
  }

  /** The bus has a request and will see to it, or does not take it. */
  readonly accepted: OutboxEntry["accepted"] = (error, { publish }) => {
    const request = this.requests.get(publish.request);
    if (request) request.entry = undefined;
    if (error) this.fail(publish.request, error);
  };

  /** A request with many replies has had its last one. */
  end(number: number): void {
    const request = this.requests.get(number);
    if (!request) return;
    this.#close(request);
    request.answered(undefined, undefined);
  }

  /** It is sent by this carrier now, or by none. */
  carry(number: number, carrier: RequestCarrier | undefined): void {
    const request = this.requests.get(number);
    if (!request || request.carrier === carrier) return;
    const before = request.carrier;
    request.carrier = carrier;
    carrier?.requestStarted();
    before?.requestEnded();
  }

  /** The replies to what was sent by one carrier come by another. */
  carryAll(from: RequestCarrier, to: RequestCarrier): void {
    for (const request of this.requests) if (request.carrier === from) this.carry(request.number, to);
  }

  /** The caller no longer waits. Undefined if it had its answer already. */
  abandon(number: number): OpenRequest | undefined {
    const request = this.requests.get(number);
    if (request) this.#close(request);
    return request;
  }

  /** Ends those that were sent by a carrier by which no reply can come any more. */
  failCarried(carrier: RequestCarrier, error: Error): void {
    for (const request of [...this.requests]) if (request.carrier === carrier) this.fail(request.number, error);
  }

  /** Ends all. */
  close(error: Error): void {
    this.#watch.close();
    for (const { number } of [...this.requests]) this.fail(number, error);
  }

  /**
   * The request that a message names by `responseTo` alone, without a return path, as from a service that was handed the id by another.
   * Rare enough to be looked for one by one; an index would cost every request.
   */
  #asked({ responseTo }: Incoming): OpenRequest | undefined {
    if (responseTo !== "") for (const request of this.requests) if (request.id === responseTo) return request;
    return undefined;
  }

  #close(request: OpenRequest): void {
    this.requests.delete(request);
    request.handler?.requestEnded();
    request.carrier?.requestEnded();
  }

  #sweep(now: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const request of this.requests) {
      if (request.dueMs > now) {
        next = Math.min(next, request.dueMs);
        continue;
      }
      this.#close(request);
      this.#onExpired(request);
      request.answered(deadlineExceeded(request), undefined);
    }
    return next;
  }
}

function deadlineExceeded({ name, deadlineMs }: OpenRequest): ExoError {
  const detail = `No reply to '${name}' came within ${deadlineMs} ms. Give it a longer deadline, or look at its receiver.`;
  return new ExoError("DEADLINE_EXCEEDED", detail, { facts: { name, deadlineMs } });
}
