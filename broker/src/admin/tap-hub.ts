import { ExoError, type TapEvent, type TapRequest } from "@exosphere/proto";
import type { Clock } from "../core/clock.ts";
import type { Delivery } from "../core/delivery.ts";
import type { Instance } from "../core/instance.ts";
import type { AcceptedMessage } from "../core/message.ts";
import type { Observer } from "../core/observer.ts";
import type { Permission } from "../core/permission.ts";
import { Tap, type TapStream } from "./tap.ts";
import { addEnvelope, deliveryEvent, newEvent, publishedEvent, textOf } from "./tap-event.ts";
import type { TapFilter } from "./tap-filter.ts";

/** Taps at once: each works on every message. */
const maxTaps = 16;

/** Passes what the core does to every open tap. While none is open, that costs one check. */
export class TapHub {
  readonly #clock: Clock;
  /** Replaced, never changed, so that a tap may close while an event is passed on. */
  #taps: readonly Tap[] = [];
  #droppedBefore = 0;
  /** When deliveries that a tap saw were given to their instances, in milliseconds of the clock. As many as are with instances. */
  readonly #seenAtMs = new Map<Delivery, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Taps that are open. */
  get size(): number {
    return this.#taps.length;
  }

  /** Events that taps could not take, those of closed taps included. */
  get dropped(): number {
    return this.#taps.reduce((sum, { dropped }) => sum + dropped, this.#droppedBefore);
  }

  /** The hub as an observer of the core. */
  readonly observer: Observer = {
    attached: (instance) => this.#instance("ATTACHED", instance),
    detached: (instance) => this.#instance("DETACHED", instance),
    publishes: (sender, permission, message) => {
      for (const tap of this.#taps) {
        const { filter } = tap;
        if (!filter.isOpen && !wantsPublish(filter, sender.role.name, permission, message)) continue;
        if (tap.takes(message.activityHash, false)) tap.add(publishedEvent(sender, permission, message, tap));
      }
    },
    refuses: (sender, permission, publication, { reason, detail }) => {
      if (this.#taps.length === 0) return;
      const event = newEvent("REFUSED", this.#wallMs());
      event.activity = textOf(publication.activityId);
      event.role = event.sender = sender.role.name;
      event.instance = sender.id;
      event.name = permission?.name ?? "";
      event.publicName = permission?.publicName ?? "";
      event.outcome = reason.toLowerCase();
      event.detail = detail;
      event.bytes = publication.envelope.byteLength;
      this.#refused(event, publication.envelope);
    },
    refused: ({ role, name, activity, outcome, detail }) => {
      if (this.#taps.length === 0) return;
      const event = newEvent("REFUSED", this.#wallMs());
      this.#refused({ ...event, activity, role, sender: role, name, publicName: name, outcome, detail });
    },
    delivers: (delivery, instance) => {
      for (const tap of this.#taps) {
        if (!this.#takes(tap, delivery, false)) continue;
        const seenAtMs = this.#clock.nowMs();
        this.#seenAtMs.set(delivery, seenAtMs);
        const event = deliveryEvent("DELIVERED", this.#clock.originMs + seenAtMs, delivery, instance.id);
        event.waitedMs = seenAtMs - delivery.message.acceptedAtMs;
        tap.add(event);
      }
    },
    takesBack: (delivery, { id }, outcome, detail) => {
      const handledMs = this.#handledMs(delivery);
      for (const tap of this.#taps) {
        if (!this.#takes(tap, delivery, false)) continue;
        const event = deliveryEvent("RETRIED", this.#wallMs(), delivery, id);
        event.outcome = outcome;
        event.detail = detail;
        event.handledMs = handledMs;
        tap.add(event);
      }
    },
    ends: (delivery, instance, outcome, detail, words) => {
      const handledMs = this.#handledMs(delivery);
      for (const tap of this.#taps) {
        const isFailure = outcome !== "ok";
        if (!this.#takes(tap, delivery, isFailure)) continue;
        const event = deliveryEvent("ENDED", this.#wallMs(), delivery, instance?.id ?? "");
        event.outcome = outcome;
        event.detail = words === "" ? detail : `${detail} The app said: ${words}`;
        if (instance) event.handledMs = handledMs;
        // Of a failure, nothing else may have been shown.
        if (isFailure) addEnvelope(event, delivery.message.envelope, tap);
        tap.add(event);
      }
    },
  };

  /** Opens a tap. Throws RATE_LIMITED if there are too many. */
  open(request: TapRequest, stream: TapStream): Tap {
    if (this.#taps.length >= maxTaps) {
      throw new ExoError("RATE_LIMITED", `${maxTaps} taps are open already: close one of them first.`);
    }
    const granted = this.#taps.reduce((sum, { maxBytes }) => sum + maxBytes, 0);
    const tap = new Tap(request, this.#clock, stream, granted);
    this.#taps = [...this.#taps, tap];
    return tap;
  }

  /** Closes a tap. One that is closed already stays so. */
  close(tap: Tap): void {
    if (!this.#taps.includes(tap)) return;
    this.#taps = this.#taps.filter((each) => each !== tap);
    this.#droppedBefore += tap.dropped;
    tap.close();
  }

  #takes(tap: Tap, delivery: Delivery, isFailure: boolean): boolean {
    if (!tap.filter.isOpen && !wantsDelivery(tap.filter, delivery)) return false;
    return tap.takes(delivery.message.activityHash, isFailure);
  }

  #instance(kind: "ATTACHED" | "DETACHED", { id, agent, role }: Instance): void {
    for (const tap of this.#taps) {
      const { filter } = tap;
      if (!filter.takesInstances || !filter.role(role.name)) continue;
      tap.add({ ...newEvent(kind, this.#wallMs()), role: role.name, instance: id, detail: agent });
    }
  }

  #refused(event: TapEvent, envelope?: Uint8Array): void {
    const activity = Buffer.from(event.activity, "utf8").toString("latin1");
    for (const tap of this.#taps) {
      const { filter } = tap;
      if (!filter.activity(activity) || !filter.role(event.role) || !filter.names(event.name, event.publicName))
        continue;
      if (!tap.takes(0, true)) continue;
      const own = { ...event };
      if (envelope) addEnvelope(own, envelope, tap);
      tap.add(own);
    }
  }

  /** How long a delivery was with the instance that has it no longer; 0 if no tap saw it given to that. */
  #handledMs(delivery: Delivery): number {
    if (this.#seenAtMs.size === 0) return 0;
    const seenAtMs = this.#seenAtMs.get(delivery);
    if (seenAtMs === undefined) return 0;
    this.#seenAtMs.delete(delivery);
    return this.#clock.nowMs() - seenAtMs;
  }

  #wallMs(): number {
    return this.#clock.originMs + this.#clock.nowMs();
  }
}

function wantsPublish(
  filter: TapFilter,
  sender: string,
  permission: Permission,
  { activity }: AcceptedMessage,
): boolean {
  if (!filter.activity(activity) || !filter.names(permission.name, permission.publicName)) return false;
  return filter.role(sender) || permission.subscriptions.some(({ role }) => filter.role(role.name));
}

function wantsDelivery(
  filter: TapFilter,
  { message: { sender, permission, activity }, subscription }: Delivery,
): boolean {
  if (!filter.activity(activity)) return false;
  const { role, name, publicName } = subscription;
  if (!filter.role(role.name) && !filter.role(sender?.name)) return false;
  return filter.names(name, publicName) || filter.names(permission?.name ?? "", publicName);
}
