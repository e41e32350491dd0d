import type { Attachment } from "./attachment.ts";
import type { MalformedDelivery } from "./frame-reader.ts";
import type { Incoming } from "./incoming.ts";
import type { LinkConfig } from "./link-config.ts";
import type { LinkEvents } from "./link-events.ts";
import type { LinkSpans } from "./link-spans.ts";
import type { ReplyMux } from "./reply-mux.ts";
import { malformedReply } from "./wire-error.ts";

/** What giving deliveries to those who wait for them needs of the rest of the link. */
export interface InboundParts {
  readonly mux: ReplyMux;
  readonly events: LinkEvents;
  readonly spans: LinkSpans | undefined;
}

/** The way of messages in: a reply goes to whoever waits for it, anything else to the app. What must not be given to anybody is settled. */
export class Inbound {
  readonly #mux: ReplyMux;
  readonly #events: LinkEvents;
  readonly #spans: LinkSpans | undefined;
  readonly #textMistake: LinkConfig["textMistake"];
  readonly #passesOn: () => boolean;

  constructor({ textMistake, passesOn = () => false }: LinkConfig, { mux, events, spans }: InboundParts) {
    this.#mux = mux;
    this.#events = events;
    this.#spans = spans;
    this.#textMistake = textMistake;
    this.#passesOn = passesOn;
  }

  /** A delivery that can be read. */
  readonly delivered = (incoming: Incoming, attachment: Attachment): void => {
    const taken = this.#mux.take(incoming);
    // That a reply arrived is news to nobody: the broker only lets go of it.
    if (taken === "last") attachment.done(incoming.number, "unhurried");
    else if (taken === "more") return;
    else if (typeof taken === "object") {
      // Of many replies others may be on their way.
      if (incoming.isMore) attachment.abandon(incoming.request);
      this.malformed(incoming, taken.mistake, attachment);
    } else if (incoming.request !== 0)
      attachment.settle(incoming.number, { outcome: "returned", retryAfterMs: 0, detail: "" });
    else {
      const mistake = this.#passesOn() ? undefined : this.#textMistake?.(incoming);
      if (mistake !== undefined) return this.malformed(incoming, mistake, attachment);
      this.#spans?.processes(incoming);
      this.#events.delivery(incoming);
    }
  };

  /** A message that must not be given to anybody: whoever waits for it is told. */
  readonly malformed = (
    { name, number, request, activityId }: MalformedDelivery,
    mistake: string,
    attachment: Attachment,
  ): void => {
    attachment.settle(number, { outcome: "dead", retryAfterMs: 0, detail: mistake });
    if (request !== 0) this.#mux.fail(request, malformedReply(name, mistake), activityId);
    this.#events.malformed?.({ name, number, request, activityId }, mistake);
  };
}
