import type { Copy } from "./copy.ts";
import type { RouteSlice } from "./route-slice.ts";

/** Why something was refused: a reason of the error catalogue, and a detail that says what to do. */
export interface Refused {
  readonly reason:
    | "INVALID_MESSAGE"
    | "NOT_ALLOWED"
    | "REFUSED_BY_SECURITY"
    | "NO_RECEIVERS"
    | "PAYLOAD_TOO_LARGE"
    | "RATE_LIMITED"
    | "QUEUE_FULL"
    | "HANDLER_FAILED"
    | "NO_INSTANCE"
    | "DEADLINE_EXCEEDED"
    | "DRAINING";
  readonly detail: string;
  readonly retryAfterMs?: number;
  /** What was concerned, such as `name` and `role`. */
  readonly facts?: Readonly<Record<string, string>>;
}

/** The way from the core to one attached instance. The edge implements it: over gRPC, or in memory. */
export interface Link {
  /** Whether it can take more. False while its peer does not read; the edge then tells the core with `writable()`. */
  readonly isWritable: boolean;
  /** Takes a copy that is bound to this instance. Called in the order of the copies' numbers. */
  deliver(copy: Copy): void;
  /**
   * Tells the instance that its request can no longer be answered. `activityId`: because of a reply that came in this
   * activity; the instance ignores it if its request is of another, as the replier had made the return path up.
   */
  undeliverable(request: number, why: Refused, activityId?: Uint8Array): void;
  /** Tells the instance that its request with many replies has had the last one. */
  answered(request: number): void;
  /** Tells the instance that whoever sent a delivery of its takes no more replies to it. */
  unwanted(delivery: number): void;
  /** Tells the instance what its role may send and receives from now on. */
  routes(slice: RouteSlice): void;
  /** Ends the attachment from the broker's side. */
  close(why: Refused): void;
}
