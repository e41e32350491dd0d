import type { Delivery } from "./delivery.ts";
import type { Failure } from "./failure.ts";
import type { RouteSlice } from "./route-slice.ts";

/**
 * The way from the core to one attached instance. The edge implements it: over gRPC, or in memory. At its other end is the `Link` of
 * `runtime/link`, by which the instance attaches.
 */
export interface Link {
  /** Whether it can take more. False while its peer does not read; the edge then tells the core with `writable()`. */
  readonly isWritable: boolean;
  /**
   * Whether there is room for replies, and for what became of them: these come without credit. False while so much waits for its peer that
   * more of it would end the attachment.
   */
  readonly takesReplies: boolean;
  /** Takes a delivery that is bound to this instance. Called in the order of the deliveries' numbers. */
  deliver(delivery: Delivery): void;
  /**
   * Tells the instance that its request can no longer be answered. `activityId`: because of a reply that came in this
   * activity; the instance ignores it if its request is of another, as the replier had made the return path up.
   */
  undeliverable(request: number, why: Failure, activityId?: Uint8Array): void;
  /** Tells the instance that its request with many replies has had the last one. */
  answered(request: number): void;
  /** Tells the instance that the sender of one of its deliveries takes no more replies to it. */
  unwanted(delivery: number): void;
  /** Tells the instance what its role may send and receive from now on. */
  routes(slice: RouteSlice): void;
  /** Ends the attachment from the broker's side. */
  close(why: Failure): void;
}
