import { NumberMap } from "@exosphere/collections";
import type { OrderingLane } from "./delivery.ts";
import type { AcceptedMessage } from "./message.ts";

/** What names an activity. */
type Activity = Pick<AcceptedMessage, "activity" | "activityHash">;

/** The lanes of a role by activity: found by the hash that each message carries anyway, told apart by the activity itself. */
export class LaneTable {
  readonly #byHash = new NumberMap<OrderingLane>();
  /** Lanes whose hash was taken by another activity's. Hardly ever any, unless somebody looks for such activities. */
  readonly #colliding = new Map<string, OrderingLane>();

  get size(): number {
    return this.#byHash.size + this.#colliding.size;
  }

  get(message: Activity): OrderingLane | undefined {
    const lane = this.#byHash.get(message.activityHash);
    // Only now is it looked at as text, which has to be made.
    if (lane?.message && lane.message.activity === message.activity) return lane;
    return this.#colliding.size === 0 ? undefined : this.#colliding.get(message.activity);
  }

  /** Takes a lane in, for the activity of a message that `get` found none for. */
  add(lane: OrderingLane, message: Activity): OrderingLane {
    if (!this.#byHash.get(lane.hash)) this.#byHash.set(lane.hash, lane);
    else {
      lane.key = message.activity;
      this.#colliding.set(lane.key, lane);
    }
    return lane;
  }

  /** Takes a lane out, if it is in. */
  delete(lane: OrderingLane): void {
    if (lane.key === undefined) {
      if (this.#byHash.get(lane.hash) === lane) this.#byHash.delete(lane.hash);
    } else if (this.#colliding.get(lane.key) === lane) this.#colliding.delete(lane.key);
  }
}
