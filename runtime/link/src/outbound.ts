import { messageOverheadBytes } from "@exosphere/frames";
import { ExoError, type Publish } from "@exosphere/proto";
import type { Attachment } from "./attachment.ts";
import type { Attachments } from "./attachments.ts";
import type { Clock } from "./clock.ts";
import { defaultDeadlineMs } from "./deadlines.ts";
import type { LinkConfig } from "./link-config.ts";
import type { Outbox, Queue } from "./outbox.ts";
import type { OutboxEntry } from "./outbox-entry.ts";
import type { ReplyMux } from "./reply-mux.ts";

/** What finding a message's way to a broker needs of the rest of the link. */
export interface OutboundParts {
  readonly outbox: Outbox;
  readonly attachments: Attachments;
  readonly mux: ReplyMux;
}

/** The way of messages out: each goes to its broker at once, or waits in the queue of where it is on its way to. */
export class Outbound {
  readonly #outbox: Outbox;
  readonly #attachments: Attachments;
  readonly #mux: ReplyMux;
  readonly #clock: Clock;
  readonly #onRefused: LinkConfig["onRefused"];

  constructor({ clock, onRefused }: LinkConfig, { outbox, attachments, mux }: OutboundParts) {
    this.#outbox = outbox;
    this.#attachments = attachments;
    this.#mux = mux;
    this.#clock = clock;
    this.#onRefused = onRefused;
  }

  /** Sends a message. Returns what waits for its confirmation, or undefined if there was no room. */
  publish(
    name: string,
    publish: Publish,
    /** Not 0: milliseconds that its sender waits for the confirmation, instead of as long as it is of use. */
    confirmWithinMs: number,
    nowMs: number,
    accepted: OutboxEntry["accepted"],
  ): OutboxEntry | undefined {
    const entry: OutboxEntry = {
      name,
      publish,
      bytes: publish.envelope.byteLength + publish.activityId.byteLength + messageOverheadBytes,
      dueMs: nowMs + (confirmWithinMs || publish.lifetimeMs || defaultDeadlineMs),
      expiresMs: nowMs + publish.lifetimeMs,
      // Nearly no link has anybody who listens for refusals.
      accepted: this.#onRefused ? telling(this.#onRefused, name, publish.replyRequest !== 0, accepted) : accepted,
      queue: this.#outbox.main,
      sequence: 0,
    };
    const { leaving, current } = this.#attachments;
    // Back to where it is waited for, as long as that is open.
    const awaiting = leaving.size === 0 ? undefined : leaving.awaiting(publish, current);
    if (awaiting?.inFlight) entry.queue = awaiting.inFlight.queue;
    const carrier = awaiting ?? this.#attachments.carrier;
    const isNext = carrier?.writer.isWritable && entry.queue.waiting.size === 0;
    const full = this.#outbox.add(entry, !isNext);
    if (full) {
      entry.accepted(full, entry);
      return undefined;
    }
    if (isNext) this.#write(entry, carrier);
    else if (carrier) this.writeWaiting(carrier);
    return entry;
  }

  /** Writes what waits and goes by this attachment. */
  writeWaiting(attachment: Attachment): void {
    const { main } = this.#outbox;
    const queue = attachment.inFlight?.queue ?? main;
    if (queue !== main) this.#writeQueue(queue, attachment);
    if (main.waiting.size > 0 && attachment === this.#attachments.carrier) this.#writeQueue(main, attachment);
  }

  #writeQueue({ waiting }: Queue, attachment: Attachment): void {
    if (waiting.size === 0) return;
    const now = this.#clock.nowMs();
    for (const entry of waiting) {
      if (!attachment.isOpen || !attachment.writer.isWritable) return;
      // Time has passed since it was sent.
      const { publish, expiresMs } = entry;
      if (publish.lifetimeMs > 0) publish.lifetimeMs = Math.max(1, Math.ceil(expiresMs - now));
      this.#write(entry, attachment);
    }
  }

  #write(entry: OutboxEntry, carrier: Attachment): void {
    const { request } = entry.publish;
    if (request !== 0) this.#mux.carry(request, carrier);
    carrier.write(entry);
  }
}

/**
 * Tells a listener of a refusal, too. A reply that nobody receives any more was not refused for what it is: whoever asked takes no
 * more.
 */
function telling(
  onRefused: NonNullable<LinkConfig["onRefused"]>,
  name: string,
  isReply: boolean,
  accepted: OutboxEntry["accepted"],
): OutboxEntry["accepted"] {
  return (error, entry) => {
    const isUnwanted = isReply && error instanceof ExoError && error.reason === "NO_RECEIVERS";
    if (error && !isUnwanted) onRefused(name, error);
    accepted(error, entry);
  };
}
