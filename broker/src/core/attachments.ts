import { NumberMap } from "@exosphere/collections";
import type { Clock } from "./clock.ts";
import type { Delivery } from "./delivery.ts";
import type { Failure } from "./failure.ts";
import { Instance } from "./instance.ts";
import type { Link } from "./link.ts";
import type { Observer } from "./observer.ts";
import { noRole, replyLost, requesterTaken } from "./refusals.ts";
import { Requesters } from "./requesters.ts";
import type { Role } from "./role.ts";
import type { RouteRegistry } from "./route-registry.ts";
import type { Settler } from "./settle.ts";

/** Who attaches. */
export interface Attaching {
  readonly role: string;
  readonly id: string;
  readonly agent: string;
  /** Its prefetch: how many unsettled deliveries it takes to begin with. */
  readonly window: number;
  /** Its number as a requester, above 0, which no other instance that is attached has. */
  readonly requester: number;
}

/** An instance, as edges have it. */
export type AttachedInstance = Instance<Role>;

/** Dependencies of the attachments. */
export interface AttachmentsOptions {
  readonly clock: Clock;
  readonly observer: Observer;
  readonly registry: RouteRegistry;
  readonly settler: Settler;
}

/** The instances that are attached: who comes, who goes, and how much work each takes. */
export class Attachments {
  readonly #options: AttachmentsOptions;
  readonly #instances = new NumberMap<Instance<Role>>();
  /** Instances that may wait for replies. */
  readonly requesters = new Requesters(this.#instances);

  constructor(options: AttachmentsOptions) {
    this.#options = options;
  }

  /** Takes an instance in. Returns why not, if the routes do not have its role or somebody else has its number. */
  attach(attaching: Attaching, link: Link): Instance<Role> | Failure {
    const { clock, observer, registry } = this.#options;
    const role = registry.roles.get(attaching.role);
    const { id, agent, requester } = attaching;
    if (!role) return noRole(attaching.role);
    if (this.#instances.get(requester)) return requesterTaken(id);
    const instance = new Instance<Role>({ role, requester, id, agent, link, attachedAtMs: clock.nowMs() }, observer);
    this.#instances.set(requester, instance);
    role.instances.add(instance);
    link.routes(role.slice(registry.revision));
    this.requesters.attached(instance);
    observer.attached?.(instance);
    this.setWindow(instance, attaching.window);
    return instance;
  }

  /** Lets an instance go, with its deliveries. See `Exocom.detach`. */
  detach(instance: Instance<Role>, firstUnwritten: number | undefined, why: string): void {
    if (!instance.isAttached) return;
    const { role } = instance;
    const { settler } = this.#options;
    const { takers } = role;
    instance.detached();
    this.#instances.delete(instance.requester);
    role.instances.delete(instance);
    // What is not bound yet goes behind what is.
    role.dispatcher.unpark(instance);
    let isUnwritten = false;
    const unwritten: Delivery[] = [];
    for (const delivery of instance.unsettled()) {
      isUnwritten ||= delivery.number === firstUnwritten;
      if (isUnwritten) unwritten.push(delivery);
      else {
        // Whether the reply arrived before the connection broke, the requester alone knows.
        if (delivery.answers !== 0)
          this.requesters.undeliverable(instance.requester, delivery.answers, replyLost, delivery.message.activityId);
        settler.lost(instance, delivery);
      }
    }
    // Backwards, as each becomes the first of its lane.
    for (const delivery of unwritten.reverse()) settler.returned(instance, delivery);
    role.dispatcher.dispatch();
    relieve(role, takers);
    this.#options.observer.detached?.(instance, why);
  }

  /** How many unsettled deliveries an instance takes from now on. 0: it takes no work, and what waited for it may go elsewhere. */
  setWindow(instance: Instance<Role>, window: number): void {
    const { role } = instance;
    const { takers } = role;
    const isLess = window < instance.window;
    instance.window = window;
    if (window === 0) role.dispatcher.letOthers(instance);
    // What takes less has room for nothing more.
    else if (isLess) return;
    this.writable(instance);
    relieve(role, takers);
  }

  /**
   * Whether the app of an instance keeps failing, and how many deliveries it takes all the same. What waited for it alone goes to
   * other instances of its role, if one of them takes work.
   */
  setFailing(instance: Instance<Role>, isFailing: boolean, probes: number): void {
    const { role } = instance;
    const { takers } = role;
    const isNews = isFailing && !instance.isFailing;
    instance.setFailing(isFailing, probes);
    if (isNews) role.dispatcher.letOthers(instance);
    this.writable(instance);
    relieve(role, takers);
  }

  /** An instance's link takes more again. */
  writable(instance: Instance<Role>): void {
    if (instance.isAttached) instance.role.dispatcher.dispatchTo(instance);
  }
}

/** If there were some, and the last instance that took work is gone: those whose apps keep failing get it. */
function relieve({ takers, instances, dispatcher }: Role, before: number): void {
  if (before > 0 && takers === 0) dispatcher.dispatchToAll([...instances].filter(({ isFailing }) => isFailing));
}
