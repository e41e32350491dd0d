import type { Clock } from "./clock.ts";
import type { Delivery } from "./delivery.ts";
import { Instance } from "./instance.ts";
import type { Link } from "./link.ts";
import type { Observer } from "./observer.ts";
import { replyLost } from "./refusals.ts";
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
  /** The handle that it had before its connection broke, if that is known. */
  readonly handle?: number | undefined;
}

/** An instance, as edges have it. */
export type AttachedInstance = Instance<Role>;

/** Dependencies of the attachments. */
export interface AttachmentsOptions {
  readonly clock: Clock;
  readonly observer: Observer;
  readonly registry: RouteRegistry;
  readonly settler: Settler;
  /** Where handles begin. */
  readonly firstHandle: number;
}

/** The instances that are attached: who comes, who goes, and how much work each takes. */
export class Attachments {
  readonly #options: AttachmentsOptions;
  readonly #instances = new Map<number, Instance<Role>>();
  /** Instances that may wait for replies. */
  readonly requesters = new Requesters(this.#instances);
  #lastHandle: number;

  constructor(options: AttachmentsOptions) {
    this.#options = options;
    this.#lastHandle = options.firstHandle;
  }

  /** Takes an instance in. Undefined if the routes do not have its role. */
  attach(attaching: Attaching, link: Link): Instance<Role> | undefined {
    const { clock, observer, registry } = this.#options;
    const role = registry.roles.get(attaching.role);
    if (!role) return undefined;
    const handle = this.#freeHandle(attaching.handle);
    const { id, agent } = attaching;
    const instance = new Instance<Role>({ role, handle, id, agent, link, attachedAtMs: clock.nowMs() }, observer);
    this.#instances.set(handle, instance);
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
    instance.isAttached = false;
    this.#instances.delete(instance.handle);
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
          this.requesters.undeliverable(instance.handle, delivery.answers, replyLost, delivery.message.activityId);
        settler.lost(instance, delivery);
      }
    }
    // Backwards, as each becomes the first of its lane.
    for (const delivery of unwritten.reverse()) settler.returned(instance, delivery);
    role.dispatcher.dispatch();
    relieve(role);
    this.#options.observer.detached?.(instance, why);
  }

  /** How many unsettled deliveries an instance takes from now on. 0: it takes no work, and what waited for it may go elsewhere. */
  setWindow(instance: Instance<Role>, window: number): void {
    instance.window = window;
    if (window === 0) instance.role.dispatcher.unpark(instance);
    this.writable(instance);
    if (window === 0) relieve(instance.role);
  }

  /**
   * Whether the app of an instance keeps failing, and how many deliveries it takes all the same. What waited for it alone goes to
   * other instances of its role, if one of them takes work.
   */
  setFailing(instance: Instance<Role>, isFailing: boolean, probes: number): void {
    const isNews = isFailing && !instance.isFailing;
    instance.setFailing(isFailing, probes);
    if (isNews) instance.role.dispatcher.unpark(instance);
    this.writable(instance);
    if (isNews) relieve(instance.role);
  }

  /** An instance's link takes more again. */
  writable(instance: Instance<Role>): void {
    if (instance.isAttached) instance.role.dispatcher.dispatchTo(instance);
  }

  #freeHandle(wanted: number | undefined): number {
    if (wanted && !this.#instances.has(wanted)) return wanted;
    do {
      this.#lastHandle = this.#lastHandle === 0xffff_ffff ? 1 : this.#lastHandle + 1;
    } while (this.#instances.has(this.#lastHandle));
    return this.#lastHandle;
  }
}

/** The last instance that took work may be gone: those whose apps keep failing get it then. */
function relieve({ instances, dispatcher }: Role): void {
  for (const each of instances) if (each.isFailing) dispatcher.dispatchTo(each);
}
