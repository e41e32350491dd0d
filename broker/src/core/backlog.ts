import type { Delivery, OrderingLane } from "./delivery.ts";

/**
 * What waits for one role: the ordering lanes with their deliveries, counted and bounded. In memory now; a journal can take its
 * place. It knows nothing of instances: the dispatcher takes out of it what is to be bound.
 */
export interface Backlog {
  /** Deliveries that wait. */
  readonly messages: number;
  /** What they count for, in bytes. */
  readonly bytes: number;
  /** Activities of which something waits or is with an instance. */
  readonly lanes: number;
  /** How long ago the oldest delivery that waits was accepted, in milliseconds; 0 if none waits. */
  readonly oldestWaitMs: number;
  /** Whether there is room for one more to wait. */
  hasRoom(delivery: Delivery): boolean;
  /** The lane in which a delivery stands in line: that of its activity, or one of its own if its message is in no order. */
  laneOf(delivery: Delivery): OrderingLane;
  /** Takes a delivery in, as the first or the last of its lane. */
  add(delivery: Delivery, lane: OrderingLane, end: "first" | "last"): void;
  /** Takes a delivery out: it is to be bound, or to end. Its lane stays until it is released. */
  remove(delivery: Delivery): void;
  /** Forgets a lane if nothing is in it. */
  release(lane: OrderingLane): void;
  /** All deliveries that wait, lane by lane. */
  waiting(): Iterable<Delivery>;
}
