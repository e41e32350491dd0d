import type { Instance } from "./instance.ts";
import type { NameTranslation } from "./name-translation.ts";
import { RateLimit } from "./rate-limit.ts";
import { RetryBudget } from "./retry-budget.ts";
import { RoleQueue, type RoleQueueOptions } from "./role-queue.ts";
import type { Route } from "./route.ts";
import type { RouteSlice } from "./route-slice.ts";
import type { Sending } from "./sending.ts";
import type { BoundPart, SharedBound } from "./shared-bound.ts";
import type { Subscription } from "./subscription.ts";
import { Tally } from "./tally.ts";

/** Takes the time from acceptance to settlement, in seconds. A histogram, at the edge. */
export interface LatencyRecorder {
  record(seconds: number): void;
}

/** A kind of service: its rights, its running copies, and what waits for them. */
export class Role {
  readonly name: string;
  readonly instances = new Set<Instance>();
  readonly queue: RoleQueue;
  readonly #latencyOf: (role: string, name: string) => LatencyRecorder;
  /** As the routes give it, for people. */
  route: Route;
  translation: NameTranslation;
  /** What it may send, by number. */
  readonly sendings = new Map<number, Sending>();
  /** What it receives, by public name. */
  readonly subscriptions = new Map<string, Subscription>();
  readonly retries = new RetryBudget();
  /** Memory of what waits for it and is with its instances. */
  readonly memory: BoundPart;
  /** Memory of the replies to its requests: apart, as a handler that waits for one must get it though the queue is full. */
  readonly replyMemory: BoundPart;
  /** How fast it may publish, if that is limited. */
  readonly rate: RateLimit | undefined;
  /** Bytes of the unsettled deliveries of each of its instances, beyond which it is given no more. */
  readonly maxInFlightBytes: number;
  /** How often any of its instances was given a delivery. */
  given = 0;
  /** Copies that were given to an instance again. */
  redeliveries = 0;
  /** How many deliveries of a message one instance works on at once, by number of the message, where that is limited. */
  readonly concurrency = new Map<number, number>();
  /** How the copies for it ended, by its own names. Kept when a subscription goes: what is dropped then counts as well. */
  readonly delivered = new Map<string, Tally>();
  /** What became of its publishes, by its own names. Kept as well: a counter that goes would take its history with it. */
  readonly published = new Map<string, Tally>();
  /** Numbers of its names. Never given to another name, so that a stream outlives a change of the routes. */
  readonly #numbers = new Map<string, number>();

  constructor(fields: {
    name: string;
    route: Route;
    translation: NameTranslation;
    latencyOf: (role: string, name: string) => LatencyRecorder;
    memory: SharedBound;
    queue: Omit<RoleQueueOptions, "role">;
  }) {
    this.name = fields.name;
    this.route = fields.route;
    this.translation = fields.translation;
    this.#latencyOf = fields.latencyOf;
    this.memory = fields.memory.part();
    this.replyMemory = fields.memory.part();
    const { maxRoleRate, maxInFlightBytes } = fields.queue.limits;
    this.rate = Number.isFinite(maxRoleRate) ? new RateLimit(maxRoleRate) : undefined;
    this.maxInFlightBytes = maxInFlightBytes;
    this.queue = new RoleQueue({ ...fields.queue, role: this });
  }

  /** The number that stands for one of the role's own names. */
  numberOf(name: string): number {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.#numbers.size + 1;
      this.#numbers.set(name, number);
    }
    return number;
  }

  /** Records the latencies of one of its own names. */
  latencyOf(name: string): LatencyRecorder {
    return this.#latencyOf(this.name, name);
  }

  /** The counts of the copies for it, of one of its own names. */
  deliveredOf(name: string): Tally {
    return tallyOf(this.delivered, name);
  }

  /** The counts of its publishes, of one of its own names. */
  publishedOf(name: string): Tally {
    return tallyOf(this.published, name);
  }

  /** Whether the routes still have a subscription: by the role's own name for it, whatever it is called outside. */
  has({ number }: Subscription): boolean {
    for (const subscription of this.subscriptions.values()) if (subscription.number === number) return true;
    return false;
  }

  /** What the role's instances are told. */
  slice(revision: number): RouteSlice {
    return {
      revision,
      sends: [...this.sendings.values()].map(({ number, name, hasReceivers }) => ({
        number,
        name,
        hasReceivers,
      })),
      receives: [...this.subscriptions.values()].map(({ number, name }) => ({ number, name })),
    };
  }
}

function tallyOf(tallies: Map<string, Tally>, name: string): Tally {
  let tally = tallies.get(name);
  if (!tally) {
    tally = new Tally();
    tallies.set(name, tally);
  }
  return tally;
}
