import { ExoError, type TapEvent, type TapRequest } from "@exosphere/proto";
import type { Clock } from "../core/clock.ts";
import type { Acceptance, Copy } from "../core/copy.ts";
import type { Instance } from "../core/instance.ts";
import type { Observer } from "../core/observer.ts";
import type { Sending } from "../core/sending.ts";
import { Tap, type TapStream } from "./tap.ts";
import { addEnvelope, copyEvent, newEvent, publishedEvent, textOf } from "./tap-event.ts";
import type { TapFilter } from "./tap-filter.ts";

/** Taps at once: each works on every message. */
const maxTaps = 16;

/** Has every open tap hear of what the core does. While none is open, that costs a look at whether there is one. */
export class TapHub {
  readonly #clock: Clock;
  /** Replaced, never changed, so that a tap may close while another hears. */
  #taps: readonly Tap[] = [];
  #droppedBefore = 0;

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

  /** What the core is to tell. */
  readonly observer: Observer = {
    attached: (instance) => this.#instance("ATTACHED", instance),
    detached: (instance) => this.#instance("DETACHED", instance),
    publishes: (sender, sending, message) => {
      for (const tap of this.#taps) {
        const { filter } = tap;
        if (!filter.isOpen && !wantsPublish(filter, sender.role.name, sending, message)) continue;
        if (tap.takes(message.activityHash, false)) tap.add(publishedEvent(sender, sending, message, tap));
      }
    },
    refuses: (sender, sending, publish, { reason, detail }) => {
      if (this.#taps.length === 0) return;
      const event = newEvent("REFUSED", this.#wallMs());
      event.activity = textOf(publish.activityId);
      event.role = event.sender = sender.role.name;
      event.instance = sender.id;
      event.name = sending?.name ?? "";
      event.publicName = sending?.publicName ?? "";
      event.outcome = reason.toLowerCase();
      event.detail = detail;
      event.bytes = publish.envelope.byteLength;
      this.#refused(event, publish.envelope);
    },
    refused: ({ role, name, activity, outcome, detail }) => {
      if (this.#taps.length === 0) return;
      const event = newEvent("REFUSED", this.#wallMs());
      this.#refused({ ...event, activity, role, sender: role, name, publicName: name, outcome, detail });
    },
    delivers: (copy, instance) => {
      for (const tap of this.#taps) {
        if (!this.#takes(tap, copy, false)) continue;
        copy.seenAtMs = this.#clock.nowMs();
        const event = copyEvent("DELIVERED", this.#clock.originMs + copy.seenAtMs, copy, instance.id);
        event.waitedMs = copy.seenAtMs - copy.message.acceptedAtMs;
        tap.add(event);
      }
    },
    takesBack: (copy, { id }, outcome, detail) => {
      for (const tap of this.#taps) {
        if (!this.#takes(tap, copy, false)) continue;
        const event = copyEvent("RETRIED", this.#wallMs(), copy, id);
        event.outcome = outcome;
        event.detail = detail;
        event.handledMs = this.#handledMs(copy);
        tap.add(event);
      }
    },
    ends: (copy, instance, outcome, detail, words) => {
      for (const tap of this.#taps) {
        const isFailure = outcome !== "ok";
        if (!this.#takes(tap, copy, isFailure)) continue;
        const event = copyEvent("ENDED", this.#wallMs(), copy, instance?.id ?? "");
        event.outcome = outcome;
        event.detail = words === "" ? detail : `${detail} The app said: ${words}`;
        if (instance) event.handledMs = this.#handledMs(copy);
        // Of a failure, nothing else may have been shown.
        if (isFailure) addEnvelope(event, copy.message.envelope, tap);
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

  #takes(tap: Tap, copy: Copy, isFailure: boolean): boolean {
    if (!tap.filter.isOpen && !wantsCopy(tap.filter, copy)) return false;
    return tap.takes(copy.message.activityHash, isFailure);
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

  #handledMs({ seenAtMs }: Copy): number {
    return seenAtMs === 0 ? 0 : this.#clock.nowMs() - seenAtMs;
  }

  #wallMs(): number {
    return this.#clock.originMs + this.#clock.nowMs();
  }
}

function wantsPublish(filter: TapFilter, sender: string, sending: Sending, { activity }: Acceptance): boolean {
  if (!filter.activity(activity) || !filter.names(sending.name, sending.publicName)) return false;
  return filter.role(sender) || sending.subscriptions.some(({ role }) => filter.role(role.name));
}

function wantsCopy(filter: TapFilter, { message: { sender, sending, activity }, subscription }: Copy): boolean {
  if (!filter.activity(activity)) return false;
  const { role, name, publicName } = subscription;
  if (!filter.role(role.name) && !filter.role(sender?.name)) return false;
  return filter.names(name, publicName) || filter.names(sending?.name ?? "", publicName);
}
