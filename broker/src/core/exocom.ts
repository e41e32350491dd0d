import type { ActivityAffinity } from "./activity-affinity.ts";
import type { AttachedInstance, Attaching } from "./attachments.ts";
import type { Failure } from "./failure.ts";
import type { Limits } from "./limits.ts";
import type { Link } from "./link.ts";
import { assemblePipeline, type PipelineOptions } from "./pipeline.ts";
import type { Publication } from "./publication.ts";
import { draining } from "./refusals.ts";
import type { Role } from "./role.ts";
import type { Decision } from "./route.ts";
import type { RouteTable } from "./route-table.ts";
import type { Authoriser } from "./security/authoriser.ts";
import { withSecurity } from "./security/security-routes.ts";
import { securityRoleGone } from "./security/verdict-refusals.ts";
import type { Settlement } from "./settle.ts";
import type { SharedBound } from "./shared-bound.ts";
import type { StillClock } from "./still-clock.ts";
import type { Tally } from "./tally.ts";

/** What a broker's core is made of. */
export interface ExocomOptions extends PipelineOptions {
  readonly routes: RouteTable;
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
  /** The time by which it works. What an instance sends in one frame is done at one moment of it: see StillClock. */
  readonly clock: StillClock;
  readonly #pipeline: ReturnType<typeof assemblePipeline>;

  constructor(options: ExocomOptions) {
    this.#pipeline = assemblePipeline(options);
    this.limits = this.#pipeline.limits;
    this.affinity = this.#pipeline.affinity;
    this.memory = this.#pipeline.memory;
    this.authoriser = this.#pipeline.authoriser;
    this.clock = this.#pipeline.clock;
    this.#replaceTable(options.routes);
  }

  /** Every role, by name. */
  get roles(): ReadonlyMap<string, Role> {
    return this.#pipeline.registry.roles;
  }

  /** Every role that has ever been, for what was counted: counters do not fall when a role goes. */
  get countedRoles(): readonly Role[] {
    return this.#pipeline.registry.everyRole;
  }

  /** Publishes whose name the sender's role does not have. */
  get unknownPublished(): Tally {
    return this.#pipeline.publisher.unknown;
  }

  /** Grows with every change of the routes. */
  get revision(): number {
    return this.#pipeline.registry.revision;
  }

  /** Requests with many replies that are open. */
  get replyStreams(): number {
    return this.#pipeline.replies.streams.size;
  }

  /** Timers that have not run yet. */
  get timers(): number {
    return this.#pipeline.timers.size;
  }

  /** Takes an instance in. Returns why not, if its role is not one of `roles` or another instance has its number as a requester. */
  attach(attaching: Attaching, link: Link): AttachedInstance | Failure {
    return this.#pipeline.attachments.attach(attaching, link);
  }

  /**
   * Lets an instance go. Its deliveries from `firstUnwritten` on were never written to its stream and go elsewhere; the
   * others may have been seen by its app, and are not repeated. `why` is for people who read the log.
   */
  detach(instance: AttachedInstance, firstUnwritten?: number, why = "it was detached"): void {
    this.#pipeline.attachments.detach(instance, firstUnwritten, why);
  }

  /** From now on takes replies only. What waits is still delivered. */
  startDraining(): void {
    this.#pipeline.publisher.isDraining = true;
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
  setWindow(instance: AttachedInstance, window: number): void {
    this.#pipeline.attachments.setWindow(instance, window);
  }

  /** Whether the app of an instance keeps failing, and how many deliveries it takes all the same. */
  setFailing(instance: AttachedInstance, isFailing: boolean, probes: number): void {
    this.#pipeline.attachments.setFailing(instance, isFailing, probes);
  }

  /** An instance's link takes more again. */
  writable(instance: AttachedInstance): void {
    this.#pipeline.attachments.writable(instance);
  }

  /** A delivery is done. The same as `settle` with that outcome, for the many. */
  done(instance: AttachedInstance, number: number): void {
    this.#pipeline.settler.done(instance, number);
  }

  /** A delivery ended in another way. A number that is not out is ignored: its instance may have been told late. */
  settle(instance: AttachedInstance, settlement: Settlement): void {
    this.#pipeline.settler.settle(instance, settlement);
  }

  /** The caller of a request no longer waits. */
  abandon(instance: AttachedInstance, request: number): void {
    this.#pipeline.replies.abandon(instance, request);
  }

  /** Prepares for messages that are about to be published, as one frame brought them: cheaper for all than one by one. */
  expect(publications: readonly Publication[]): void {
    this.#pipeline.stamper.expect(publications);
  }

  /**
   * Takes a message in. Returns why it was refused, or undefined if at least one delivery was taken. One that waits for the
   * verdict of the security role, or for its requester, is returned itself: it tells when it is decided.
   */
  publish(instance: AttachedInstance, publication: Publication): Decision {
    return this.#pipeline.publisher.publish(instance, publication);
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
      for (const delivery of gone) this.#pipeline.settler.unsubscribed(delivery);
      role.dispatcher.limitsChanged();
      for (const instance of role.instances) instance.link.routes(role.slice(this.revision));
    }
  }

  /** Ends the bus: what still waits is dropped, counted and told. */
  close(): void {
    this.authoriser.refuseAll(draining);
    for (const role of this.roles.values()) this.#dropWaiting(role, "The broker shut down.");
    this.#pipeline.replies.streams.close();
    this.#pipeline.timers.close();
  }

  #dropWaiting({ dispatcher }: Role, detail: string): void {
    for (const delivery of dispatcher.removeAll(() => true)) this.#pipeline.settler.dropped(delivery, detail);
  }

  #replaceTable(table: RouteTable) {
    const change = this.#pipeline.registry.replace(withSecurity(table));
    // What was to be checked is never delivered unchecked.
    if (!this.#pipeline.registry.security) this.authoriser.refuseAll(securityRoleGone);
    return change;
  }
}
