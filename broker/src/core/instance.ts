import { NumberMap } from "@exosphere/collections";
import type { Delivery } from "./delivery.ts";
import type { Holder } from "./holder.ts";
import { maxWindow } from "./limits.ts";
import type { Link } from "./link.ts";
import type { RoleIdentity } from "./role-identity.ts";
import type { BoundPart } from "./shared-bound.ts";

/** What an instance, and what gives it work, know of its role. */
export interface ServedRole extends RoleIdentity {
  /** Those that are attached. */
  readonly instances: ReadonlySet<Instance>;
  /** How many deliveries of a message one instance works on at once, by number of the message, where that is limited. */
  readonly concurrency: ReadonlyMap<number, number>;
  /** Bytes of the unsettled deliveries of each instance, beyond which it is given no more. */
  readonly maxInFlightBytes: number;
  /** Memory of what waits for the role and is with its instances. */
  readonly memory: BoundPart;
  /** Those of its instances that take work, and whose apps do not keep failing. */
  readonly takers: number;
  /** Counts that so many more of them do: 1, 0 or -1. */
  countTakers(change: number): void;
  /** How often any of its instances was given a delivery. */
  readonly given: number;
  /** Counts that an instance is given a delivery, the `attempt`th time that it is given to one. Returns how many there were. */
  countGiven(attempt: number): number;
}

/** Notified of each delivery that an instance is given. */
export interface BindingObserver {
  delivers?(delivery: Delivery, instance: Instance): void;
}

/** One attached running copy of a role. `R`: what those who use it know of the role. */
export class Instance<R extends ServedRole = ServedRole> implements Holder {
  readonly role: R;
  /** Its number as a requester, by which replies find it: the same when it attaches again, here or to another life of the broker. Never 0. */
  readonly requester: number;
  readonly id: string;
  /** What it runs, for people. */
  readonly agent: string;
  readonly link: Link;
  /** When it attached, in milliseconds of the clock. */
  readonly attachedAtMs: number;
  /** Unsettled deliveries by number. */
  readonly deliveries = new NumberMap<Delivery>();
  /** When its app last did not take a delivery, in milliseconds of the clock. */
  declinedAtMs = Number.NEGATIVE_INFINITY;
  /** When it was last given a delivery, or attached, in deliveries to its role. */
  lastTaken: number;
  #isAttached = true;
  #window = 0;
  #isFailing = false;
  /** Deliveries that it takes while it is set aside, to find out whether its app still fails. */
  #probes = 0;
  /** Unsettled deliveries that needed credit. */
  inFlight = 0;
  /** What these count for, in bytes. */
  inFlightBytes = 0;
  readonly #observer: BindingObserver;
  #lastNumber = 0;
  /** Unsettled deliveries of the messages whose concurrency is limited, by number of the message. */
  readonly #working = new Map<number, number>();

  constructor(
    fields: Pick<Instance<R>, "role" | "requester" | "id" | "agent" | "link" | "attachedAtMs">,
    observer: BindingObserver = {},
  ) {
    this.#observer = observer;
    this.role = fields.role;
    // As if just used: an activity that the only instance of a role took part in is not remembered, and must not move to a new one.
    this.lastTaken = fields.role.given;
    this.requester = fields.requester;
    this.id = fields.id;
    this.agent = fields.agent;
    this.link = fields.link;
    this.attachedAtMs = fields.attachedAtMs;
  }

  get isAttached(): boolean {
    return this.#isAttached;
  }

  /** Its stream is gone. */
  detached(): void {
    this.#change(() => {
      this.#isAttached = false;
    });
  }

  /** Its prefetch: how many unsettled deliveries it takes. */
  get window(): number {
    return this.#window;
  }

  set window(window: number) {
    this.#change(() => {
      this.#window = Math.min(window, maxWindow);
    });
  }

  /** Its app keeps failing: other instances of its role get the work, as long as one of them takes any. */
  get isFailing(): boolean {
    return this.#isFailing;
  }

  /** Its app keeps failing, or no longer does; `probes` is how many deliveries it takes all the same. */
  setFailing(isFailing: boolean, probes: number): void {
    this.#change(() => {
      this.#isFailing = isFailing;
    });
    this.#probes = isFailing ? Math.min(probes, maxWindow) : 0;
  }

  /** Whether it takes one more delivery. */
  get hasCapacity(): boolean {
    if (this.#isFailing && this.isSetAside) return false;
    if (this.inFlightBytes >= this.role.maxInFlightBytes) return false;
    return this.inFlight < this.#window && this.link.isWritable;
  }

  /** Whether it is given nothing because its app keeps failing and another instance takes work. */
  get isSetAside(): boolean {
    return this.#isFailing && this.#probes === 0 && this.role.takers > 0;
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
    for (const delivery of this.deliveries.values()) if (delivery.answers === 0) this.#workOn(delivery, 1);
  }

  /** Binds a delivery to this instance and gives it to the link. */
  take(delivery: Delivery): void {
    // Delivery numbers count modulo 2^32 and skip 0. Far fewer are unsettled at once.
    this.#lastNumber = this.#lastNumber === 0xffff_ffff ? 1 : this.#lastNumber + 1;
    const number = this.#lastNumber;
    delivery.bind(this, number);
    this.lastTaken = this.role.countGiven(delivery.attempt);
    this.deliveries.set(number, delivery);
    if (delivery.answers === 0) {
      this.inFlight += 1;
      if (this.#probes > 0) this.#probes -= 1;
      this.inFlightBytes += delivery.bytes;
      this.#workOn(delivery, 1);
    }
    this.#observer.delivers?.(delivery, this);
    this.link.deliver(delivery);
    if (delivery.request?.isUnwanted) this.link.unwanted(number);
  }

  /** Unsettled deliveries, in the order in which they were bound. */
  unsettled(): Delivery[] {
    const age = ({ number }: Delivery) => (this.#lastNumber - number) >>> 0;
    return [...this.deliveries.values()].sort((a, b) => age(b) - age(a));
  }

  /** Undoes the binding: the delivery is settled, or goes elsewhere. */
  release(delivery: Delivery): void {
    this.deliveries.delete(delivery.number);
    if (delivery.answers === 0) {
      this.inFlight -= 1;
      this.inFlightBytes -= delivery.bytes;
      this.#workOn(delivery, -1);
    }
    delivery.release();
  }

  notifyUnwanted(delivery: number): void {
    this.link.unwanted(delivery);
  }

  /** Whether it is one of its role's `takers`. */
  get #isTaker(): boolean {
    return this.#isAttached && this.#window > 0 && !this.#isFailing;
  }

  #change(change: () => void): void {
    const before = Number(this.#isTaker);
    change();
    this.role.countTakers(Number(this.#isTaker) - before);
  }

  #workOn({ subscription: { number } }: Delivery, change: 1 | -1): void {
    if (!this.role.concurrency.has(number)) return;
    this.#working.set(number, (this.#working.get(number) ?? 0) + change);
  }
}
