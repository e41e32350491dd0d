import type { ActivityAffinity } from "./activity-affinity.ts";
import type { Backlog } from "./backlog.ts";
import type { Delivery } from "./delivery.ts";
import { Dispatcher } from "./dispatcher.ts";
import type { Instance, ServedRole } from "./instance.ts";
import type { Limits } from "./limits.ts";
import { MemoryBacklog } from "./memory-backlog.ts";
import type { NameTranslation } from "./name-translation.ts";
import type { Permission } from "./permission.ts";
import { RateLimit } from "./rate-limit.ts";
import { RetryBudget } from "./retry-budget.ts";
import type { RouteSlice } from "./route-slice.ts";
import type { Route } from "./route-table.ts";
import type { BoundPart, SharedBound } from "./shared-bound.ts";
import type { LatencyRecorder, Subscription } from "./subscription.ts";
import { Tally } from "./tally.ts";
import type { TimerWheel } from "./timer-wheel.ts";

/** Dependencies of a role, the same for all roles of a bus. */
export interface RoleDependencies {
  readonly affinity: ActivityAffinity;
  readonly timers: TimerWheel;
  readonly limits: Limits;
  /** All messages that wait or are with instances. */
  readonly memory: SharedBound;
  readonly latencyOf: (role: string, name: string) => LatencyRecorder;
  /** The deadline of a delivery passed while it waited for the role. It has left the backlog. */
  readonly onExpired: (delivery: Delivery, role: Role) => void;
}

/** A kind of service: its rights, its running copies, and what waits for them. */
export class Role implements ServedRole {
  readonly name: string;
  readonly instances: Set<Instance<Role>> = new Set();
  /** What waits for its instances. */
  readonly backlog: Backlog;
  /** Gives them what waits. */
  readonly dispatcher: Dispatcher;
  readonly #latencyOf: (role: string, name: string) => LatencyRecorder;
  /** As the routes give it, for people. */
  route: Route;
  translation: NameTranslation;
  /** What it may send, by number. */
  readonly permissions = new Map<number, Permission<Role>>();
  /** What it receives, by public name. */
  readonly subscriptions = new Map<string, Subscription<Role>>();
  readonly retries = new RetryBudget();
  readonly memory: BoundPart;
  /** Memory of the replies to its requests: apart, as a handler that waits for one must get it though the backlog is full. */
  readonly replyMemory: BoundPart;
  /** How fast it may publish, if that is limited. */
  readonly rate: RateLimit | undefined;
  readonly maxInFlightBytes: number;
  #takers = 0;
  #given = 0;
  #redeliveries = 0;
  readonly concurrency = new Map<number, number>();
  /** How the deliveries to it ended, by its own names. Kept when a subscription goes: what is dropped then counts as well. */
  readonly delivered = new Map<string, Tally>();
  /** What became of its publishes, by its own names. Kept as well: a counter that goes would take its history with it. */
  readonly published = new Map<string, Tally>();
  /** Numbers of its names. Never given to another name, so that a stream outlives a change of the routes. */
  readonly #numbers = new Map<string, number>();

  constructor(name: string, route: Route, translation: NameTranslation, dependencies: RoleDependencies) {
    const { affinity, timers, limits, memory, latencyOf, onExpired } = dependencies;
    this.name = name;
    this.route = route;
    this.translation = translation;
    this.#latencyOf = latencyOf;
    this.memory = memory.part();
    this.replyMemory = memory.part();
    this.rate = Number.isFinite(limits.maxRoleRate) ? new RateLimit(limits.maxRoleRate) : undefined;
    this.maxInFlightBytes = limits.maxInFlightBytes;
    this.backlog = new MemoryBacklog({
      timers,
      limits,
      onExpired: (delivery) => {
        this.dispatcher.remove(delivery);
        onExpired(delivery, this);
      },
    });
    this.dispatcher = new Dispatcher({ role: this, backlog: this.backlog, affinity, timers });
  }

  get takers(): number {
    return this.#takers;
  }

  countTakers(change: number): void {
    this.#takers += change;
  }

  get given(): number {
    return this.#given;
  }

  /** Deliveries that were given to an instance again. */
  get redeliveries(): number {
    return this.#redeliveries;
  }

  countGiven(attempt: number): number {
    this.#given += 1;
    if (attempt > 1) this.#redeliveries += 1;
    return this.#given;
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

  /** The counts of the deliveries to it, of one of its own names. */
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

  /** The role's part of the routes, as sent to its instances. */
  slice(revision: number): RouteSlice {
    return {
      revision,
      sends: [...this.permissions.values()].map(({ number, name, hasReceivers }) => ({
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
