import { ActivityAffinity } from "./activity-affinity.ts";
import { type Attaching, Attachments } from "./attachments.ts";
import type { Clock } from "./clock.ts";
import type { Envelopes } from "./envelopes.ts";
import type { Instance } from "./instance.ts";
import { defaultLimits, type Limits } from "./limits.ts";
import type { Link } from "./link.ts";
import { MessageStamper } from "./message-stamper.ts";
import type { Observer } from "./observer.ts";
import { Placer } from "./place.ts";
import type { Publication } from "./publication.ts";
import { Publisher } from "./publish.ts";
import { draining } from "./refusals.ts";
import { Replies } from "./replies.ts";
import type { Role } from "./role.ts";
import { type Decision, Router } from "./route.ts";
import { RouteRegistry } from "./route-registry.ts";
import type { RouteTable } from "./route-table.ts";
import { Authoriser, securityRoleGone } from "./security/authoriser.ts";
import { withSecurity } from "./security/security-routes.ts";
import { type Settlement, Settler } from "./settle.ts";
import { SharedBound } from "./shared-bound.ts";
import { StillClock } from "./still-clock.ts";
import type { LatencyRecorder } from "./subscription.ts";
import type { Tally } from "./tally.ts";
import { TimerWheel } from "./timer-wheel.ts";

/** What a broker's core is made of. */
export interface ExocomOptions {
  readonly clock: Clock;
  readonly routes: RouteTable;
  readonly limits?: Partial<Limits>;
  readonly observer?: Observer;
  /** Reads and writes what is in envelopes. */
  readonly envelopes: Envelopes;
  /** Where the handles of instances begin: at random, so that a return path of another broker's life leads nowhere. */
  readonly firstHandle?: number;
  /** Makes what records the latency of a role's deliveries of a message, by its own name for it. */
  readonly latencyOf?: (role: string, name: string) => LatencyRecorder;
}

/**
 * The bus, as edges hold it. A message goes publish → route → place → dispatch → settle, each a file of that name.
 * Pure: time comes from a clock, and instances are reached through links. Nothing here waits for anything.
 */
export class Exocom {
  readonly limits: Limits;
  readonly affinity: ActivityAffinity;
  /** All messages that wait or are with instances, in bytes. */
  readonly memory: SharedBound;
  /** Asks the security role, if the routes name one. */
  readonly authoriser: Authoriser;
  readonly #clock: StillClock;
  readonly #timers: TimerWheel;
  readonly #registry: RouteRegistry;
  readonly #attachments: Attachments;
  readonly #stamper: MessageStamper;
  readonly #publisher: Publisher;
  readonly #replies: Replies;
  readonly #settler: Settler;

  constructor(options: ExocomOptions) {
    const { observer = {}, envelopes, firstHandle = 0, latencyOf = () => ({ record() {} }) } = options;
    const clock = new StillClock(options.clock);
    const timers = new TimerWheel(clock);
    const limits = { ...defaultLimits, ...options.limits };
    const memory = new SharedBound(limits.maxTotalBytes);
    const affinity = new ActivityAffinity(clock, limits.maxAffinityBytes);
    const settler = new Settler(clock, observer);
    const onExpired: Settler["expired"] = (delivery, role) => settler.expired(delivery, role);
    const registry = new RouteRegistry({ affinity, timers, limits, memory, latencyOf, onExpired });
    const attachments = new Attachments({ clock, observer, firstHandle });
    const { requesters } = attachments;
    const replies = new Replies({ requesters, timers, seed: firstHandle, maxStreams: limits.maxReplyStreams });
    const stamper = new MessageStamper({ clock, envelopes, limits, seed: firstHandle });
    const placer = new Placer({ stamper, replies, affinity, settler, observer });
    const router = new Router({ limits, registry, replies, placer });
    const bus = { registry, router, placer, replies };
    this.limits = limits;
    this.memory = memory;
    this.affinity = affinity;
    this.authoriser = new Authoriser({ timers, limits, observer, envelopes, memory, bus });
    router.gate = this.authoriser;
    this.#clock = clock;
    this.#timers = timers;
    this.#registry = registry;
    this.#attachments = attachments;
    this.#stamper = stamper;
    this.#publisher = new Publisher({ clock, limits, router, replies, observer });
    this.#replies = replies;
    this.#settler = settler;
    this.#replaceTable(options.routes);
  }

  /** Every role, by name. */
  get roles(): ReadonlyMap<string, Role> {
    return this.#registry.roles;
  }

  /** Every role that has ever been, for what was counted: counters do not fall when a role goes. */
  get countedRoles(): readonly Role[] {
    return this.#registry.everyRole;
  }

  /** Publishes whose name the sender's role does not have. */
  get unknownPublished(): Tally {
    return this.#publisher.unknown;
  }

  /** Grows with every change of the routes. */
  get revision(): number {
    return this.#registry.revision;
  }

  /** Requests with many replies that are open. */
  get replyStreams(): number {
    return this.#replies.streams.size;
  }

  /** Timers that have not run yet. */
  get timers(): number {
    return this.#timers.size;
  }

  /** The time by which it works, in milliseconds of the clock. */
  get nowMs(): number {
    return this.#clock.nowMs();
  }

  /**
   * Has something done at one moment: what an instance sends in one frame. The clock is then read once, and not twice for
   * each message that is taken in, twice for each that is given out and once for each that is done.
   */
  atOnce(work: () => void): void {
    this.#clock.stop();
    try {
      work();
    } finally {
      this.#clock.go();
    }
  }

  /** Takes an instance in. Its role must be one of `roles`; undefined if it is not. */
  attach(attaching: Attaching, link: Link): Instance<Role> | undefined {
    return this.#attachments.attach(attaching, link, this.#registry);
  }

  /**
   * Lets an instance go. Its deliveries from `firstUnwritten` on were never written to its stream and go elsewhere; the
   * others may have been seen by its app, and are not repeated. `why` is for people who read the log.
   */
  detach(instance: Instance<Role>, firstUnwritten?: number, why = "it was detached"): void {
    this.#attachments.detach(instance, this.#settler, firstUnwritten, why);
  }

  /** From now on takes replies only. What waits is still delivered. */
  startDraining(): void {
    this.#publisher.isDraining = true;
  }

  /** Whether nothing is with an instance, and nothing waits for one that could still take it. */
  get isIdle(): boolean {
    if (this.authoriser.messages > 0) return false;
    for (const { instances, backlog } of this.roles.values()) {
      let isServed = false;
      for (const instance of instances) {
        if (instance.deliveries.size > 0) return false;
        isServed ||= instance.window > 0;
      }
      if (isServed && backlog.messages > 0) return false;
    }
    return true;
  }

  /** How many unsettled deliveries an instance takes from now on. 0: it takes no work, and what waited for it may go elsewhere. */
  setWindow(instance: Instance<Role>, window: number): void {
    this.#attachments.setWindow(instance, window);
  }

  /** Whether the app of an instance keeps failing, and how many deliveries it takes all the same. */
  setFailing(instance: Instance<Role>, isFailing: boolean, probes: number): void {
    this.#attachments.setFailing(instance, isFailing, probes);
  }

  /** An instance's link takes more again. */
  writable(instance: Instance<Role>): void {
    this.#attachments.writable(instance);
  }

  /** A delivery is done. The same as `settle` with that outcome, for the many. */
  done(instance: Instance<Role>, number: number): void {
    this.#settler.done(instance, number);
  }

  /** A delivery ended in another way. A number that is not out is ignored: its instance may have been told late. */
  settle(instance: Instance<Role>, settlement: Settlement): void {
    this.#settler.settle(instance, settlement);
  }

  /** The caller of a request no longer waits. */
  abandon(instance: Instance<Role>, request: number): void {
    this.#replies.abandon(instance, request);
    this.writable(instance);
  }

  /** Prepares for messages that are about to be published, as one frame brought them: cheaper for all than one by one. */
  expect(publications: readonly Publication[]): void {
    this.#stamper.expect(publications);
  }

  /**
   * Takes a message in. Returns why it was refused, or undefined if at least one delivery was taken. One that waits for the
   * verdict of the security role, or for its requester, is returned itself: it tells when it is decided.
   */
  publish(instance: Instance<Role>, publication: Publication): Decision {
    return this.#publisher.publish(instance, publication);
  }

  /** Takes over other routes. Deliveries whose subscription is gone are dropped and counted; so are instances of roles that are gone. */
  replaceRoutes(table: RouteTable): void {
    const { removedRoles, changedRoles } = this.#replaceTable(table);
    for (const role of removedRoles) {
      const detail = `The routes no longer have a role '${role.name}'.`;
      this.#dropWaiting(role, detail);
      for (const instance of [...role.instances]) {
        this.detach(instance, undefined, detail);
        instance.link.close({ reason: "NOT_ALLOWED", detail });
      }
    }
    for (const role of changedRoles) {
      const gone = role.dispatcher.removeAll(({ subscription }) => !role.has(subscription));
      for (const delivery of gone) this.#settler.unsubscribed(delivery);
      role.dispatcher.limitsChanged();
      for (const instance of role.instances) instance.link.routes(role.slice(this.revision));
    }
  }

  /** Ends the bus: what still waits is dropped, counted and told. */
  close(): void {
    this.authoriser.refuseAll(draining);
    for (const role of this.roles.values()) this.#dropWaiting(role, "The broker shut down.");
    this.#replies.streams.close();
    this.#timers.close();
  }

  #dropWaiting({ dispatcher }: Role, detail: string): void {
    for (const delivery of dispatcher.removeAll(() => true)) this.#settler.dropped(delivery, detail);
  }

  #replaceTable(table: RouteTable) {
    const change = this.#registry.replace(withSecurity(table));
    // What was to be checked is never delivered unchecked.
    if (!this.#registry.security) this.authoriser.refuseAll(securityRoleGone);
    return change;
  }
}
