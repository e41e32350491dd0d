import type { Copy } from "./copy.ts";
import type { Refused } from "./link.ts";
import type { Requesters } from "./requesters.ts";

/** How a copy of a request can fail to be answered. */
export type Failure = "expired" | "failed";

/** Why a copy is not answered. */
export interface FailureReason {
  /** For people. */
  readonly detail: string;
  /** What was concerned, such as `role`. */
  readonly facts?: Readonly<Record<string, string>> | undefined;
}

/** What waits for what becomes of a copy. */
export interface AwaitedCopy {
  /** The delivery whose handler waits for the answer, where that is known. */
  readonly cause: Copy | undefined;
  /** Whether another instance may be given it, although the one that had it may have begun. */
  readonly isRepeatable: boolean;
  /** A queue did not take it. */
  copyRefused(copy: Copy): void;
  /** It was given to an instance. */
  copyLeftQueue(): void;
  /** It came back, and no app has seen it: as if it had not left. */
  copyReturned(): void;
  /** It will not be answered. */
  copyFailed(failure: Failure, why: FailureReason, copy: Copy): void;
  /** Whoever has it gives no more replies. Of interest to those that take many. */
  copyAnswered?(copy: Copy): void;
  /** It has ended, however it did: nothing more will be said of it. Of interest to those that know their copies. */
  copyEnded?(copy: Copy): void;
  /** Nobody waits for replies to it any more. Known of those that take many. */
  readonly isUnwanted?: boolean;
}

/**
 * A request on its way, held only by its copies: when the last of them has failed, nobody is left to answer, and the
 * requester is told instead of waiting for the deadline. A copy that is done may still be answered later.
 */
export class OpenRequest implements AwaitedCopy {
  readonly #requesters: Requesters;
  /** Its handle, which the requester keeps when it attaches again. */
  readonly #requester: number;
  /** The requester's own number for it. */
  readonly number: number;
  /** The delivery whose handler waits for the answer, where the requester said so. */
  readonly cause: Copy | undefined;
  readonly isRepeatable = false;
  #copies: number;
  #failed = 0;
  #expired = 0;
  /** How often copies left their queues, but for those that came back untouched. */
  #departures = 0;

  constructor(fields: {
    requesters: Requesters;
    requester: number;
    number: number;
    cause: Copy | undefined;
    copies: number;
  }) {
    this.#requesters = fields.requesters;
    this.#requester = fields.requester;
    this.number = fields.number;
    this.cause = fields.cause;
    this.#copies = fields.copies;
  }

  /** A queue did not take its copy. The publish itself says so if none did. */
  copyRefused(): void {
    this.#copies -= 1;
  }

  /** A copy was given to an instance. */
  copyLeftQueue(): void {
    this.#departures += 1;
  }

  /** A copy came back untouched. */
  copyReturned(): void {
    this.#departures -= 1;
  }

  /** A copy will not answer. If none is left that may, the requester is told. */
  copyFailed(failure: Failure, { detail, facts = {} }: FailureReason): void {
    if (failure === "failed") this.#failed += 1;
    else this.#expired += 1;
    if (this.#failed + this.#expired < this.#copies) return;
    this.#requesters.get(this.#requester)?.noLongerWaits(this.number);
    this.#requesters.undeliverable(this.#requester, this.number, { reason: this.#reason(), detail, facts });
  }

  #reason(): Refused["reason"] {
    if (this.#failed === this.#copies) return "HANDLER_FAILED";
    return this.#departures > 0 ? "DEADLINE_EXCEEDED" : "NO_INSTANCE";
  }
}
