import { ExoError, type TapEvent_Kind, type TapRequest } from "@exosphere/proto";
import type { Clock } from "../core/clock.ts";
import type { Acceptance, Copy } from "../core/copy.ts";
import type { Instance } from "../core/instance.ts";
import type { Observer } from "../core/observer.ts";
import type { Sending } from "../core/sending.ts";
import { Tap, type TapStream } from "./tap.ts";
import { type EventFacts, eventOf, factsOfCopy, factsOfEnvelope, factsOfMessage, textOf } from "./tap-event.ts";
import type { TapFilter } from "./tap-filter.ts";

/** Taps at once: each works on every message. */
const maxTaps = 16;

type Kind = keyof typeof TapEvent_Kind;

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
        const { name, publicName, subscriptions } = sending;
        if (!tap.filter.activity(message.activity) || !wantsPublish(tap.filter, sender.role.name, sending)) continue;
        if (!tap.takes(message.activityHash, false)) continue;
        const receivers = subscriptions.map(({ role }) => role.name);
        const facts = { role: sender.role.name, instance: sender.id, name, publicName, receivers };
        this.#add(tap, "PUBLISHED", message, { ...facts, ...factsOfEnvelope(message.envelope, tap) });
      }
    },
    refuses: (sender, sending, publish, { reason, detail }) => {
      if (this.#taps.length === 0) return;
      const { name = "", publicName = "" } = sending ?? {};
      const activity = textOf(publish.activityId);
      const facts = {
        activity,
        role: sender.role.name,
        sender: sender.role.name,
        instance: sender.id,
        name,
        publicName,
      };
      this.#refused({ ...facts, outcome: reason.toLowerCase(), detail }, publish.envelope);
    },
    refused: ({ role, name, activity, outcome, detail }) => {
      if (this.#taps.length === 0) return;
      this.#refused({ activity, role, sender: role, name, publicName: name, outcome, detail });
    },
    delivers: (copy, instance) => {
      for (const tap of this.#taps) {
        if (!wantsCopy(tap.filter, copy) || !tap.takes(copy.message.activityHash, false)) continue;
        copy.seenAtMs = this.#clock.nowMs();
        const waitedMs = copy.seenAtMs - copy.message.acceptedAtMs;
        this.#copy(tap, "DELIVERED", copy, { instance: instance.id, waitedMs });
      }
    },
    takesBack: (copy, { id: instance }, outcome, detail) => {
      for (const tap of this.#taps) {
        if (!wantsCopy(tap.filter, copy) || !tap.takes(copy.message.activityHash, false)) continue;
        this.#copy(tap, "RETRIED", copy, { instance, outcome, detail, handledMs: this.#handledMs(copy) });
      }
    },
    ends: (copy, instance, outcome, detail) => {
      const isFailure = outcome !== "ok";
      for (const tap of this.#taps) {
        if (!wantsCopy(tap.filter, copy) || !tap.takes(copy.message.activityHash, isFailure)) continue;
        const handledMs = instance ? this.#handledMs(copy) : 0;
        const facts = { instance: instance?.id ?? "", outcome, detail, handledMs };
        // Of a failure, nothing else may have been shown.
        const said = isFailure ? factsOfEnvelope(copy.message.envelope, tap) : {};
        this.#copy(tap, "ENDED", copy, { ...facts, ...said });
      }
    },
  };

  /** Opens a tap. Throws RATE_LIMITED if there are too many. */
  open(request: TapRequest, stream: TapStream): Tap {
    if (this.#taps.length >= maxTaps) {
      throw new ExoError("RATE_LIMITED", `${maxTaps} taps are open already: close one of them first.`);
    }
    const tap = new Tap(request, this.#clock, stream);
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

  #instance(kind: Kind, { id, agent, role }: Instance): void {
    for (const tap of this.#taps) {
      const { filter } = tap;
      if (!filter.takesInstances || !filter.role(role.name)) continue;
      tap.add(eventOf(kind, this.#wallMs(), { role: role.name, instance: id, detail: agent }));
    }
  }

  #refused(facts: EventFacts & { readonly name: string; readonly publicName: string }, envelope?: Uint8Array): void {
    for (const tap of this.#taps) {
      const { filter } = tap;
      if (!filter.activity(Buffer.from(facts.activity ?? "", "utf8").toString("latin1")) || !filter.role(facts.role))
        continue;
      if (!filter.names(facts.name, facts.publicName) || !tap.takes(0, true)) continue;
      const said = envelope ? factsOfEnvelope(envelope, tap) : {};
      const bytes = envelope?.byteLength ?? 0;
      tap.add(eventOf("REFUSED", this.#wallMs(), { ...facts, ...said, bytes }));
    }
  }

  #copy(tap: Tap, kind: Kind, copy: Copy, facts: EventFacts): void {
    this.#add(tap, kind, copy.message, { ...factsOfCopy(copy), ...facts });
  }

  #add(tap: Tap, kind: Kind, message: Acceptance, facts: EventFacts): void {
    // A message was sent when it was accepted, not when it was told of.
    const atMs = kind === "PUBLISHED" ? message.timestampMs : this.#wallMs();
    tap.add(eventOf(kind, atMs, { ...factsOfMessage(message), ...facts }));
  }

  #handledMs({ seenAtMs }: Copy): number {
    return seenAtMs === 0 ? 0 : this.#clock.nowMs() - seenAtMs;
  }

  #wallMs(): number {
    return this.#clock.originMs + this.#clock.nowMs();
  }
}

function wantsPublish(filter: TapFilter, sender: string, { name, publicName, subscriptions }: Sending): boolean {
  if (filter.isOpen) return true;
  const wantsRole = filter.role(sender) || subscriptions.some(({ role }) => filter.role(role.name));
  return wantsRole && filter.names(name, publicName);
}

function wantsCopy(filter: TapFilter, { message: { sender, sending, activity }, subscription }: Copy): boolean {
  if (filter.isOpen) return true;
  if (!filter.activity(activity)) return false;
  const { role, name, publicName } = subscription;
  if (!filter.role(role.name) && !filter.role(sender?.name)) return false;
  return filter.names(name, publicName) || filter.names(sending?.name ?? "", publicName);
}
