import type { Failure } from "./failure.ts";
import type { Subscription } from "./subscription.ts";

/** A delivery of a request, as far as the request is concerned. */
export interface RequestDelivery {
  readonly subscription: Subscription;
  /** Notifies the instance that has it, if one does, that nobody takes more replies to it. */
  notifyUnwanted(): void;
}

/** What waits for the answer to a message: notified of what becomes of the message's deliveries. */
export interface PendingRequest {
  /** Whether an answer still counts. */
  readonly isAwaited: boolean;
  /** Nobody waits for replies to it any more. Known of those that take many. */
  readonly isUnwanted?: boolean;
  /** The backlog of its role had no room for a delivery. */
  deliveryRefused(delivery: RequestDelivery): void;
  /** A delivery was given to an instance. */
  deliveryBound(): void;
  /** A delivery came back, and no app has seen it: as if it had never been bound. */
  deliveryReturned(): void;
  /** A delivery will not be answered. */
  deliveryFailed(failure: Failure, delivery: RequestDelivery): void;
  /** The instance that has a delivery gives no more replies to it. Of interest to requests that take many. */
  deliveryAnswered?(delivery: RequestDelivery): void;
  /** A delivery has ended, however it did: nothing more is said of it. Of interest to requests that know their deliveries. */
  deliveryEnded?(delivery: RequestDelivery): void;
}

/** A reply after which more may come, as far as its delivery is concerned. */
export interface StreamedDelivery {
  /** Its requester takes no more replies. */
  abandonStream(): void;
  /** Its delivery has ended: in order, if there is no failure. */
  ended(failure: Failure | undefined): void;
}
