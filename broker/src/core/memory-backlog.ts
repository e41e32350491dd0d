import type { Backlog } from "./backlog.ts";
import type { Delivery, OrderingLane } from "./delivery.ts";
import { Lane } from "./lane.ts";
import { LaneTable } from "./lane-table.ts";
import type { Limits } from "./limits.ts";
import type { TimerWheel } from "./timer-wheel.ts";

/** Dependencies of a backlog in memory. */
export interface MemoryBacklogOptions {
  readonly timers: TimerWheel;
  readonly limits: Pick<Limits, "maxQueueMessages" | "maxQueueBytes">;
  /** The deadline of a delivery passed while it waited. It is in the backlog still. */
  readonly onExpired: (delivery: Delivery) => void;
}

/** A backlog whose deliveries are all in memory, with a timer for each deadline. It is gone with the process. */
export class MemoryBacklog implements Backlog {
  readonly #options: MemoryBacklogOptions;
  readonly #lanes = new LaneTable();
  /** Lanes in which anything waits. */
  readonly #occupied = new Set<OrderingLane>();
  #messages = 0;
  #bytes = 0;

  constructor(options: MemoryBacklogOptions) {
    this.#options = options;
  }

  get messages(): number {
    return this.#messages;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get lanes(): number {
    return this.#lanes.size;
  }

  /** Looks at every lane in which anything waits, as nothing is kept for it while messages come and go: to be asked now and then. */
  get oldestWaitMs(): number {
    const { nowMs } = this.#options.timers;
    let oldestMs = nowMs;
    for (const { waiting } of this.#occupied) {
      const { message } = waiting.first as Delivery;
      if (message.acceptedAtMs < oldestMs) oldestMs = message.acceptedAtMs;
    }
    return nowMs - oldestMs;
  }

  hasRoom({ bytes }: Delivery): boolean {
    const { maxQueueMessages, maxQueueBytes } = this.#options.limits;
    return this.#messages < maxQueueMessages && this.#bytes + bytes <= maxQueueBytes;
  }

  laneOf({ message, subscription }: Delivery): OrderingLane {
    if (!subscription.isOrdered) return new Lane<Delivery>(message);
    return this.#lanes.get(message) ?? this.#lanes.add(new Lane<Delivery>(message), message);
  }

  add(delivery: Delivery, lane: OrderingLane, end: "first" | "last"): void {
    delivery.message.ownBytes();
    const { timers, onExpired } = this.#options;
    const place = end === "first" ? lane.waiting.unshift(delivery) : lane.waiting.push(delivery);
    delivery.wait(
      lane,
      place,
      timers.add(delivery.expiresAtMs, () => onExpired(delivery)),
    );
    this.#occupied.add(lane);
    this.#messages += 1;
    this.#bytes += delivery.bytes;
  }

  remove(delivery: Delivery): void {
    delivery.leaveLane();
    const { lane } = delivery;
    if (lane?.waiting.size === 0) this.#occupied.delete(lane);
    this.#messages -= 1;
    this.#bytes -= delivery.bytes;
  }

  release(lane: OrderingLane): void {
    if (lane.isEmpty) this.#lanes.delete(lane);
  }

  *waiting(): Generator<Delivery> {
    for (const lane of this.#occupied) for (const { value } of lane.waiting.nodes()) yield value;
  }
}
