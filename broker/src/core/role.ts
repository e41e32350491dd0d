import type { Instance } from "./instance.ts";
import type { NameTranslation } from "./name-translation.ts";
import { RoleQueue, type RoleQueueOptions } from "./role-queue.ts";
import type { Route } from "./route.ts";
import type { RouteSlice } from "./route-slice.ts";
import type { Sending } from "./sending.ts";
import type { Subscription } from "./subscription.ts";

/** Takes the time from acceptance to settlement, in seconds. A histogram, at the edge. */
export interface LatencyRecorder {
  record(seconds: number): void;
}

/** A kind of service: its rights, its running copies, and what waits for them. */
export class Role {
  readonly name: string;
  readonly instances = new Set<Instance>();
  readonly queue: RoleQueue;
  readonly latency: LatencyRecorder;
  /** As the routes give it, for people. */
  route: Route;
  translation: NameTranslation;
  /** What it may send, by number. */
  readonly sendings = new Map<number, Sending>();
  /** What it receives, by public name. */
  readonly subscriptions = new Map<string, Subscription>();
  /** Numbers of its names. Never given to another name, so that a stream outlives a change of the routes. */
  readonly #numbers = new Map<string, number>();

  constructor(fields: {
    name: string;
    route: Route;
    translation: NameTranslation;
    latency: LatencyRecorder;
    queue: Omit<RoleQueueOptions, "instances">;
  }) {
    this.name = fields.name;
    this.route = fields.route;
    this.translation = fields.translation;
    this.latency = fields.latency;
    this.queue = new RoleQueue({ ...fields.queue, instances: this.instances });
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

  /** What the role's instances are told. */
  slice(revision: number): RouteSlice {
    return {
      revision,
      sends: [...this.sendings.values()].map(({ number, name, subscriptions }) => ({
        number,
        name,
        hasReceivers: subscriptions.length > 0,
      })),
      receives: [...this.subscriptions.values()].map(({ number, name }) => ({ number, name })),
    };
  }
}
