import { NumberMap } from "@exosphere/collections";
import type { Copy } from "./copy.ts";
import type { Lane } from "./lane.ts";
import { LimitedLanes } from "./limited-lanes.ts";
import { awaitedRequestBytes, maxAwaitedRequests } from "./limits.ts";
import type { Link } from "./link.ts";
import { List } from "./list.ts";
import type { Observer } from "./observer.ts";
import type { Role } from "./role.ts";
import type { Timer } from "./timer-wheel.ts";

/** Why a handler waits. */
interface Cause {
  /** The handler's number for its request. */
  readonly request: number;
  /** What is being handled. */
  readonly delivery: Copy;
  /** Stands for the activity of the request, which whoever makes up an answer does not know. */
  readonly activityHash: number;
  /** Other requests of the same handler. */
  previous: Cause | undefined;
  next: Cause | undefined;
}

/** One attached running copy of a role. */
export class Instance {
  readonly role: Role;
  /** Names it on return paths. Never 0. */
  readonly handle: number;
  /** As it named itself. */
  readonly id: string;
  /** What it runs, for people. */
  readonly agent: string;
  readonly link: Link;
  /** When it attached, in milliseconds of the clock. */
  readonly attachedAtMs: number;
  /** Unsettled deliveries by number. */
  readonly deliveries = new NumberMap<Copy>();
  /** Lanes whose activity this instance takes part in, and which wait for it alone. */
  readonly parked = new List<Lane>();
  /** Runs when the first of them has waited long enough. */
  patience: Timer | undefined;
  /** The same, while it works on as many of their next message as it may. */
  readonly limited = new LimitedLanes();
  isAttached = true;
  /** When its app last did not take a delivery, in milliseconds of the clock. */
  declinedAtMs = Number.NEGATIVE_INFINITY;
  /** When it was last given a delivery, or attached, in deliveries to its role. */
  lastTaken: number;
  /** How many unsettled deliveries it takes. */
  window = 0;
  /** Its app keeps failing: other instances of its role get the work, as long as one of them takes any. */
  isFailing = false;
  /** Deliveries that it takes while it is set aside, to find out whether its app still fails. */
  probes = 0;
  /** Unsettled deliveries that needed credit. */
  inFlight = 0;
  /** What these count for, in bytes. */
  inFlightBytes = 0;
  /** Those of them whose handler waits for a reply. */
  #waiting = 0;
  readonly #observer: Observer;
  #lastNumber = 0;
  /** For each open request of a handler: what it waits in. */
  readonly #causes = new Map<number, Cause>();
  /** The first of them of each handler, so that those of one handler are found without a look at all others. */
  readonly #firstCauses = new Map<Copy, Cause>();
  /** Unsettled deliveries of the messages of which an instance works on so many at once only, by number of the message. */
  readonly #working = new Map<number, number>();

  constructor(
    fields: Pick<Instance, "role" | "handle" | "id" | "agent" | "link" | "attachedAtMs">,
    observer: Observer = {},
  ) {
    this.#observer = observer;
    this.role = fields.role;
    // As if just used: an activity that the only instance of a role took part in is not remembered, and must not move to a new one.
    this.lastTaken = fields.role.given;
    this.handle = fields.handle;
    this.id = fields.id;
    this.agent = fields.agent;
    this.link = fields.link;
    this.attachedAtMs = fields.attachedAtMs;
  }

  /** Whether it takes one more delivery. A handler that waits for a reply has given up its slot meanwhile. */
  get hasCapacity(): boolean {
    if (this.isFailing && this.isSetAside) return false;
    if (this.inFlightBytes >= this.role.maxInFlightBytes) return false;
    return this.inFlight - this.#waiting < this.window && this.link.isWritable;
  }

  /** Whether it is given nothing because its app keeps failing and another instance takes work. */
  get isSetAside(): boolean {
    if (!this.isFailing || this.probes > 0) return false;
    for (const other of this.role.instances) if (other.window > 0 && !other.isFailing) return true;
    return false;
  }

  /** How many more deliveries of a message it may work on at once. A handler that waits for a reply works on its own still. */
  roomFor(message: number): number {
    const { concurrency } = this.role;
    if (concurrency.size === 0) return Number.POSITIVE_INFINITY;
    return (concurrency.get(message) ?? Number.POSITIVE_INFINITY) - (this.#working.get(message) ?? 0);
  }

  /** Counts what it works on anew: other messages are limited than before. */
  limitsChanged(): void {
    this.#working.clear();
    for (const copy of this.deliveries.values()) if (copy.answers === 0) this.#workOn(copy, 1);
  }

  /** Binds a copy to this instance and gives it to the link. */
  take(copy: Copy): void {
    // Delivery numbers count modulo 2^32 and skip 0. Far fewer are unsettled at once.
    this.#lastNumber = this.#lastNumber === 0xffff_ffff ? 1 : this.#lastNumber + 1;
    copy.number = this.#lastNumber;
    copy.instance = this;
    this.role.given += 1;
    this.lastTaken = this.role.given;
    copy.attempt += 1;
    if (copy.attempt > 1) this.role.redeliveries += 1;
    this.deliveries.set(copy.number, copy);
    if (copy.answers === 0) {
      this.inFlight += 1;
      if (this.probes > 0) this.probes -= 1;
      this.inFlightBytes += copy.bytes;
      this.#workOn(copy, 1);
    }
    this.#observer.delivers?.(copy, this);
    this.link.deliver(copy);
    if (copy.request?.isUnwanted) this.link.unwanted(copy.number);
  }

  /** Unsettled deliveries, in the order in which they were bound. */
  unsettled(): Copy[] {
    const age = ({ number }: Copy) => (this.#lastNumber - number) >>> 0;
    return [...this.deliveries.values()].sort((a, b) => age(b) - age(a));
  }

  /** Undoes the binding: the copy is settled, or goes elsewhere. */
  release(copy: Copy): void {
    this.deliveries.delete(copy.number);
    if (copy.answers === 0) {
      this.inFlight -= 1;
      this.inFlightBytes -= copy.bytes;
      this.#workOn(copy, -1);
    }
    if (copy.awaited > 0) this.#forgetRequestsOf(copy);
    copy.instance = undefined;
  }

  #workOn({ subscription: { number } }: Copy, change: 1 | -1): void {
    if (!this.role.concurrency.has(number)) return;
    this.#working.set(number, (this.#working.get(number) ?? 0) + change);
  }

  /** Requests whose handler is known to wait. */
  get awaitedRequests(): number {
    return this.#causes.size;
  }

  /** The handler of a delivery waits for the reply to a request. Beyond `maxAwaitedRequests`, or without memory for it, the handler keeps its slot. */
  waits(request: number, delivery: Copy, activityHash: number): void {
    this.noLongerWaits(request);
    const { memory } = this.role;
    if (this.#causes.size >= maxAwaitedRequests || !memory.hasRoom(awaitedRequestBytes)) return;
    memory.add(awaitedRequestBytes);
    const next = this.#firstCauses.get(delivery);
    const cause: Cause = { request, delivery, activityHash, previous: undefined, next };
    if (next) next.previous = cause;
    this.#firstCauses.set(delivery, cause);
    this.#causes.set(request, cause);
    delivery.awaited += 1;
    if (delivery.awaited === 1) this.#waiting += 1;
  }

  /** A request of this instance is answered, failed or given up. Where somebody else says so, it must be of this activity. */
  noLongerWaits(request: number, activityHash?: number): void {
    const cause = this.#causes.get(request);
    if (!cause || (activityHash !== undefined && activityHash !== cause.activityHash)) return;
    this.#forget(cause);
  }

  #forget(cause: Cause): void {
    const { request, delivery, previous, next } = cause;
    this.#causes.delete(request);
    this.role.memory.add(-awaitedRequestBytes);
    if (next) next.previous = previous;
    if (previous) previous.next = next;
    else if (next) this.#firstCauses.set(delivery, next);
    else this.#firstCauses.delete(delivery);
    delivery.awaited -= 1;
    if (delivery.awaited === 0) this.#waiting -= 1;
  }

  /** A handler that ended without its answers. They must not be counted against its next attempt. */
  #forgetRequestsOf(delivery: Copy): void {
    let cause = this.#firstCauses.get(delivery);
    while (cause) {
      this.#forget(cause);
      cause = this.#firstCauses.get(delivery);
    }
  }
}
