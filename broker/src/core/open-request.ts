import type { Failure } from "./failure.ts";
import type { PendingRequest } from "./pending-request.ts";
import type { Requesters } from "./requesters.ts";

/** Whether a delivery ended because its deadline passed; else it has failed. It decides the reason that the requester gets. */
export function isExpiry({ reason }: Failure): boolean {
  return reason === "NO_INSTANCE" || reason === "DEADLINE_EXCEEDED";
}

/**
 * A request on its way, held only by its deliveries: when the last of them has failed, nobody is left to answer, and the
 * requester is notified and need not wait for the deadline. A delivery that is done may still be answered later.
 */
export class OpenRequest implements PendingRequest {
  readonly #requesters: Requesters;
  /** Its number, which is the same when it attaches again. */
  readonly #requester: number;
  /** The requester's own number for it. */
  readonly #number: number;
  readonly isAwaited = true;
  #deliveries: number;
  #failed = 0;
  #expired = 0;
  /** How often deliveries were bound, but for those that came back untouched. */
  #bindings = 0;

  constructor(fields: {
    requesters: Requesters;
    requester: number;
    number: number;
    deliveries: number;
  }) {
    this.#requesters = fields.requesters;
    this.#requester = fields.requester;
    this.#number = fields.number;
    this.#deliveries = fields.deliveries;
  }

  /** A backlog did not take its delivery. The publish itself says so if none did. */
  deliveryRefused(): void {
    this.#deliveries -= 1;
  }

  deliveryBound(): void {
    this.#bindings += 1;
  }

  deliveryReturned(): void {
    this.#bindings -= 1;
  }

  /** A delivery will not answer. If none is left that may, notifies the requester. */
  deliveryFailed(failure: Failure): void {
    if (isExpiry(failure)) this.#expired += 1;
    else this.#failed += 1;
    if (this.#failed + this.#expired < this.#deliveries) return;
    this.#requesters.undeliverable(this.#requester, this.#number, { ...failure, reason: this.#reason() });
  }

  #reason(): Failure["reason"] {
    if (this.#failed === this.#deliveries) return "HANDLER_FAILED";
    return this.#bindings > 0 ? "DEADLINE_EXCEEDED" : "NO_INSTANCE";
  }
}
