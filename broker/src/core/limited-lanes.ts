import type { OrderingLane } from "./delivery.ts";
import { List } from "./list.ts";

/**
 * Lanes whose next delivery is of a message that is being worked on as often as its role wants it to be. They wait here by that
 * message, so that they hold up no other.
 */
export class LimitedLanes {
  readonly #byMessage = new Map<number, List<OrderingLane>>();

  /** Takes a lane in whose next delivery is of the message with this number. */
  setAside(lane: OrderingLane, message: number): void {
    let lanes = this.#byMessage.get(message);
    if (!lanes) {
      lanes = new List();
      this.#byMessage.set(message, lanes);
    }
    lane.place = lanes.push(lane);
    lane.isLimited = true;
  }

  /** Whether any waits. Asked after each delivery that is done, when hardly ever one does. */
  get isEmpty(): boolean {
    return this.#byMessage.size === 0;
  }

  /** One that waits, left where it is. */
  get first(): OrderingLane | undefined {
    for (const [message, lanes] of this.#byMessage) {
      if (lanes.first) return lanes.first;
      this.#byMessage.delete(message);
    }
    return undefined;
  }

  /** Takes up to `roomFor` lanes of each message out, oldest first. */
  release(roomFor: (message: number) => number): OrderingLane[] {
    const released: OrderingLane[] = [];
    for (const [message, lanes] of this.#byMessage) {
      for (let room = roomFor(message); room > 0 && lanes.size > 0; room -= 1)
        released.push(lanes.shift() as OrderingLane);
      if (lanes.size === 0) this.#byMessage.delete(message);
    }
    for (const lane of released) {
      lane.place = undefined;
      lane.isLimited = false;
    }
    return released;
  }
}
