import { ActivityAffinity } from "./activity-affinity.ts";
import type { Clock } from "./clock.ts";
import type { Copy } from "./copy.ts";
import { Instance } from "./instance.ts";
import { Intake } from "./intake.ts";
import { defaultLimits, type Limits, maxWindow } from "./limits.ts";
import type { Link, Refused } from "./link.ts";
import type { Observer } from "./observer.ts";
import type { Publish } from "./publish.ts";
import { draining, notAllowed, replyLost } from "./refusals.ts";
import { Replies } from "./replies.ts";
import { Requesters } from "./requesters.ts";
import { type LatencyRecorder, Role } from "./role.ts";
import type { RouteTable } from "./route.ts";
import { RouteRegistry } from "./route-registry.ts";
import { Authoriser } from "./security/authoriser.ts";
import type { Envelopes } from "./security/envelopes.ts";
import { securityRole } from "./security/security-names.ts";
import { withSecurity } from "./security/security-routes.ts";
import { type Settled, Settlements } from "./settlements.ts";
import { SharedBound } from "./shared-bound.ts";
import { StillClock } from "./still-clock.ts";
import { type Outcome, Tally } from "./tally.ts";
import { TimerWheel } from "./timer-wheel.ts";
import { Undecided } from "./undecided.ts";

/** What a broker's core is made of. */
export interface ExocomOptions {
  readonly clock: Clock;
  readonly routes: RouteTable;
  readonly limits?: Partial<Limits>;
  readonly observer?: Observer;
  /** Reads what the security role is told of. */
  readonly envelopes: Envelopes;
  /** Where the handles of instances begin: at random, so that a return path of another broker's life leads nowhere. */
  readonly firstHandle?: number;
  /** Makes what records the latency of a role's deliveries of a message, by its own name for it. */
  readonly latencyOf?: (role: string, name: string) => LatencyRecorder;
}

/** Who attaches. */
export interface Attaching {
  readonly role: string;
  readonly id: string;
  readonly agent: string;
  /** How many unsettled deliveries it takes to begin with. */
  readonly window: number;
  /** The handle that it had before its connection broke, if that is known. */
  readonly handle?: number | undefined;
}

/**
 * The bus: takes messages in, works out who gets a copy, and binds each copy to an instance that has room for it.
 * Pure: time comes from a clock, and instances are reached through links. Nothing here waits for anything.
 */
export class Exocom {
  readonly limits: Limits;
  readonly affinity: ActivityAffinity;
  /** All messages that wait or are with instances, in bytes. */
  readonly memory: SharedBound;
  /** Publishes whose name the sender's role does not have. */
  readonly unknownPublished = new Tally();
  /** Asks the security role, if the routes name one. */
  readonly authoriser: Authoriser;
  readonly #clock: StillClock;
  readonly #observer: Observer;
  readonly #timers: TimerWheel;
  readonly #registry: RouteRegistry;
  readonly #settlements: Settlements;
  readonly #intake: Intake;
  readonly #replies: Replies;
  readonly #instances = new Map<number, Instance>();
  readonly #requesters = new Requesters(this.#instances);
  #lastHandle: number;

  constructor(options: ExocomOptions) {
    const { observer = {}, latencyOf = () => ({ record() {} }) } = options;
    const clock = new StillClock(options.clock);
    this.limits = { ...defaultLimits, ...options.limits };
    this.memory = new SharedBound(this.limits.maxTotalBytes);
    this.#clock = clock;
    this.#observer = observer;
    this.#lastHandle = options.firstHandle ?? 0;
    this.#timers = new TimerWheel(clock);
    this.#replies = new Replies({
      requesters: this.#requesters,
      timers: this.#timers,
      seed: this.#lastHandle,
      maxStreams: this.limits.maxReplyStreams,
    });
    this.affinity = new ActivityAffinity(clock, this.limits.maxAffinityBytes);
    this.#settlements = new Settlements(clock, observer);
    const queue = {
      affinity: this.affinity,
      timers: this.#timers,
      limits: this.limits,
      onExpired: (copy: Copy) => this.#settlements.expired(copy),
    };
    this.#registry = new RouteRegistry(
      (name, route, translation) => new Role({ name, route, translation, latencyOf, queue, memory: this.memory }),
    );
    this.#intake = new Intake({
      clock,
      limits: this.limits,
      observer,
      registry: this.#registry,
      affinity: this.affinity,
      settlements: this.#settlements,
      replies: this.#replies,
      instances: this.#instances,
      seed: this.#lastHandle,
    });
    this.authoriser = this.#authoriser(options.envelopes);
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
  attach(attaching: Attaching, link: Link): Instance | undefined {
    const role = this.roles.get(attaching.role);
    if (!role) return undefined;
    const handle = this.#freeHandle(attaching.handle);
    const { id, agent } = attaching;
    const attachedAtMs = this.#clock.nowMs();
    const instance = new Instance({ role, handle, id, agent, link, attachedAtMs }, this.#observer);
    this.#instances.set(handle, instance);
    role.instances.add(instance);
    link.routes(role.slice(this.revision));
    this.#requesters.attached(instance);
    this.#observer.attached?.(instance);
    this.setWindow(instance, attaching.window);
    return instance;
  }

  /**
   * Lets an instance go. Its deliveries from `firstUnwritten` on were never written to its stream and go elsewhere; the
   * others may have been seen by its app, and are not repeated. `why` is for people who read the log.
   */
  detach(instance: Instance, firstUnwritten?: number, why = "it was detached"): void {
    if (!instance.isAttached) return;
    instance.isAttached = false;
    this.#instances.delete(instance.handle);
    instance.role.instances.delete(instance);
    // What is not bound yet goes behind what is.
    instance.role.queue.unpark(instance);
    let isUnwritten = false;
    const unwritten: Copy[] = [];
    for (const copy of instance.unsettled()) {
      isUnwritten ||= copy.number === firstUnwritten;
      if (isUnwritten) unwritten.push(copy);
      else {
        // Whether the reply arrived before the connection broke, the requester alone knows.
        if (copy.answers !== 0)
          this.#requesters.undeliverable(instance.handle, copy.answers, replyLost, copy.message.activityId);
        this.#settlements.lost(instance, copy);
      }
    }
    // Backwards, as each becomes the first of its lane.
    for (const copy of unwritten.reverse()) this.#settlements.returned(instance, copy);
    instance.role.queue.dispatch();
    this.#relieve(instance.role);
    this.#observer.detached?.(instance, why);
  }

  /** From now on takes replies only. What waits is still delivered. */
  startDraining(): void {
    this.#intake.isDraining = true;
  }

  /** Whether nothing is with an instance, and nothing waits for one that could still take it. */
  get isIdle(): boolean {
    if (this.authoriser.messages > 0) return false;
    for (const { instances, queue } of this.roles.values()) {
      let isServed = false;
      for (const instance of instances) {
        if (instance.deliveries.size > 0) return false;
        isServed ||= instance.window > 0;
      }
      if (isServed && queue.messages > 0) return false;
    }
    return true;
  }

  /** How many unsettled deliveries an instance takes from now on. 0: it takes no work, and what waited for it may go elsewhere. */
  setWindow(instance: Instance, window: number): void {
    instance.window = Math.min(window, maxWindow);
    if (window === 0) instance.role.queue.unpark(instance);
    this.writable(instance);
    if (window === 0) this.#relieve(instance.role);
  }

  /**
   * Whether the app of an instance keeps failing, and how many deliveries it takes all the same. What waited for it alone goes to
   * other instances of its role, if one of them takes work.
   */
  setFailing(instance: Instance, isFailing: boolean, probes: number): void {
    const isNews = isFailing && !instance.isFailing;
    instance.isFailing = isFailing;
    instance.probes = isFailing ? Math.min(probes, maxWindow) : 0;
    if (isNews) instance.role.queue.unpark(instance);
    this.writable(instance);
    if (isNews) this.#relieve(instance.role);
  }

  /** The last instance that took work may be gone: those whose apps keep failing get it then. */
  #relieve({ instances, queue }: Role): void {
    for (const each of instances) if (each.isFailing) queue.dispatchTo(each);
  }

  /** An instance's link takes more again. */
  writable(instance: Instance): void {
    if (instance.isAttached) instance.role.queue.dispatchTo(instance);
  }

  /** A delivery is done. The same as `settle` with that outcome, for the many. */
  done(instance: Instance, number: number): void {
    this.#settlements.done(instance, number);
  }

  /** A delivery ended in another way. A number that is not out is ignored: its instance may have been told late. */
  settle(instance: Instance, settled: Settled): void {
    this.#settlements.settle(instance, settled);
  }

  /** The caller of a request no longer waits. */
  abandon(instance: Instance, request: number): void {
    this.#replies.abandon(instance, request);
    this.writable(instance);
  }

  /** Prepares for messages that are about to be published, as one frame brought them: cheaper for all than one by one. */
  expect(publishes: readonly Publish[]): void {
    this.#intake.expect(publishes);
  }

  /**
   * Takes a message in. Returns why it was refused, or undefined if at least one copy was taken. One that waits for the
   * verdict of the security role, or for its requester, is returned itself: it tells when it is decided.
   */
  publish(instance: Instance, publish: Publish): Refused | Undecided | undefined {
    const result = this.#publish(instance, publish);
    // One that is undecided is told of when it is decided.
    if (result && !(result instanceof Undecided)) {
      if (publish.replyRequest !== 0) this.#replies.refused(publish, result);
      this.#observer.refuses?.(instance, instance.role.sendings.get(publish.name), publish, result);
    }
    return result;
  }

  #publish(instance: Instance, publish: Publish): Refused | Undecided | undefined {
    const sending = instance.role.sendings.get(publish.name);
    if (!sending) {
      this.unknownPublished.count("not_allowed");
      return notAllowed(instance.role.name, publish.name);
    }
    const isTooFast = this.#intake.checkRate(instance.role);
    if (isTooFast) {
      sending.published.count("rate_limited");
      return isTooFast;
    }
    if (this.#intake.security) return this.authoriser.publish(instance, sending, publish);
    const refused = this.#intake.check(publish) ?? this.#intake.accept(instance, sending, publish);
    const isTaken = refused === undefined || refused instanceof Undecided;
    sending.published.count(isTaken ? "ok" : (refused.reason.toLowerCase() as Outcome));
    return refused;
  }

  /** Takes over other routes. Copies whose subscription is gone are dropped and counted; so are instances of roles that are gone. */
  replaceRoutes(table: RouteTable): void {
    const { removedRoles, changedRoles } = this.#replaceTable(table);
    for (const role of removedRoles) {
      const detail = `The routes no longer have a role '${role.name}'.`;
      for (const copy of role.queue.removeWaiting(() => true)) this.#settlements.dropped(copy, detail);
      for (const instance of [...role.instances]) {
        this.detach(instance, undefined, detail);
        instance.link.close({ reason: "NOT_ALLOWED", detail });
      }
    }
    for (const role of changedRoles) {
      const gone = role.queue.removeWaiting(({ subscription }) => !role.has(subscription));
      for (const copy of gone) this.#settlements.unsubscribed(copy);
      role.queue.limitsChanged();
      for (const instance of role.instances) instance.link.routes(role.slice(this.revision));
    }
  }

  /** Ends the bus: what still waits is dropped, counted and told. */
  close(): void {
    this.authoriser.refuseAll(draining);
    for (const role of this.roles.values()) {
      for (const copy of role.queue.removeWaiting(() => true)) this.#settlements.dropped(copy, "The broker shut down.");
    }
    this.#replies.streams.close();
    this.#timers.close();
  }

  #freeHandle(wanted: number | undefined): number {
    if (wanted && !this.#instances.has(wanted)) return wanted;
    do {
      this.#lastHandle = this.#lastHandle === 0xffff_ffff ? 1 : this.#lastHandle + 1;
    } while (this.#instances.has(this.#lastHandle));
    return this.#lastHandle;
  }

  #replaceTable(table: RouteTable) {
    const change = this.#registry.replace(withSecurity(table));
    this.#intake.security = this.roles.get(securityRole);
    if (!this.#intake.security) {
      // What was to be checked is never delivered unchecked.
      const detail = `The routes no longer have a role '${securityRole}', which was to decide on it. Try again.`;
      this.authoriser.refuseAll({ reason: "NO_INSTANCE", detail, retryAfterMs: 1000 });
    }
    return change;
  }

  #authoriser(envelopes: Envelopes): Authoriser {
    return new Authoriser({
      clock: this.#clock,
      timers: this.#timers,
      limits: this.limits,
      observer: this.#observer,
      envelopes,
      memory: this.memory,
      host: this.#intake,
    });
  }
}
