import type { Traffic } from "@exosphere/frames";
import { ExoError, type Topology } from "@exosphere/proto";
import type { AppStanding } from "./app-standing.ts";
import { Attachment } from "./attachment.ts";
import { Attachments } from "./attachments.ts";
import type { Ended } from "./ended.ts";
import type { Forwarded } from "./forwarded.ts";
import { Inbound } from "./inbound.ts";
import type { Incoming } from "./incoming.ts";
import { type LinkOptions, linkConfig } from "./link-config.ts";
import type { LinkEvents } from "./link-events.ts";
import { endSettled, LinkSpans } from "./link-spans.ts";
import type { NameTable } from "./name-table.ts";
import type { Answered, OpenRequest } from "./open-request.ts";
import { Outbound } from "./outbound.ts";
import { Outbox } from "./outbox.ts";
import type { OutboxEntry } from "./outbox-entry.ts";
import type { Accepted, Outgoing } from "./outgoing.ts";
import { ReplyMux } from "./reply-mux.ts";
import { Sender } from "./sender.ts";
import { isLasting, unconfirmed } from "./wire-error.ts";

/**
 * One instance's place on the bus: attaches, and attaches again, fails over, resends what was not confirmed, and brings
 * replies to those who wait. Its calls take callbacks, because a promise per message is what makes other buses slow.
 */
export class Link {
  /** What goes over its connections: for metrics. */
  readonly traffic: Traffic;
  readonly #events: LinkEvents;
  readonly #outbox: Outbox;
  readonly #mux: ReplyMux;
  readonly #attachments: Attachments;
  readonly #outbound: Outbound;
  readonly #sender: Sender;
  #isDraining = false;
  #isClosed = false;
  #onDrained: (() => void) | undefined;

  constructor(options: LinkOptions, events: LinkEvents) {
    const config = linkConfig(options);
    this.traffic = config.traffic;
    this.#events = events;
    const whyAway = () => (this.isAttached ? unconfirmed() : this.lastError);
    this.#outbox = new Outbox(config, whyAway, () => this.#lessUnderWay(), config.clock);
    this.#mux = new ReplyMux((request) => this.#abandoned(request), config.clock);
    const spans = config.tracer && new LinkSpans(config.tracer, config.role);
    const inbound = new Inbound(config, { mux: this.#mux, events, spans });
    this.#attachments = new Attachments(config, this.#outbox, {
      delivery: inbound.delivered,
      malformed: inbound.malformed,
      undeliverable: (request, error, activityId) => this.#mux.fail(request, error, activityId),
      answered: (request) => this.#mux.end(request),
      unwanted: (number) => this.#events.unwanted?.(number),
      // A broker that drains waits for its handlers, so they must not wait for the next one.
      mayWaitAgain: (attachment) => !this.#isDraining && attachment.unsettled === 0,
      waitAgain: (entries) => {
        for (const { publish } of entries) if (publish.request !== 0) this.#mux.carry(publish.request, undefined);
        this.#outbox.waitAgain(entries);
      },
      writable: (attachment) => this.#outbound.writeWaiting(attachment),
      progressed: this.#leaveIfDone,
      status: (status) => this.#events.status?.(status),
      resumed: (from, to) => this.#mux.carryAll(from, to),
      abandonedBy: (attachment, error) => this.#mux.failCarried(attachment, error),
      ended: () => this.#ended(),
    });
    const ways = { outbox: this.#outbox, attachments: this.#attachments, mux: this.#mux };
    this.#outbound = new Outbound(config, ways);
    this.#sender = new Sender(config, {
      outbound: this.#outbound,
      mux: this.#mux,
      spans,
      refusalOf: this.#refusalOf,
    });
    this.#attachments.connect();
  }

  /** Whether a broker has taken this instance in, and takes its messages. */
  get isAttached(): boolean {
    return this.#attachments.current !== undefined;
  }

  /** What the role may send and receive, as far as a broker has said. Kept while the broker is away. */
  get names(): NameTable | undefined {
    return this.#attachments.latest?.names;
  }

  /** Why the broker cannot be reached, when it cannot. */
  get lastError(): ExoError {
    return this.#attachments.lastError;
  }

  /** What waits for the broker: for metrics. */
  get pending(): { readonly messages: number; readonly bytes: number; readonly requests: number } {
    return { messages: this.#outbox.messages, bytes: this.#outbox.bytes, requests: this.#mux.requests.size };
  }

  /** See `Sender.send`. */
  send(message: Outgoing, accepted: Accepted): OutboxEntry | undefined {
    return this.#sender.send(message, accepted);
  }

  /** The sender of a message no longer waits: if no broker was given it yet, it is not sent, and `accepted` hears so. */
  withdraw(entry: OutboxEntry): void {
    if (this.#outbox.withdraw(entry)) this.#lessUnderWay();
  }

  /** See `Sender.request`. */
  request(message: Outgoing, answered: Answered, many = false): number {
    return this.#sender.request(message, answered, many);
  }

  /** See `Sender.forward`. */
  forward(message: Forwarded, accepted: Accepted, answered?: Answered): number {
    return this.#sender.forward(message, accepted, answered);
  }

  /** The caller of a request no longer waits. */
  abandon(request: number): void {
    const open = this.#mux.abandon(request);
    if (!open) return;
    open.span?.end("abandoned", "Its caller no longer waits.");
    this.#abandoned(open);
  }

  /** A delivery is dealt with. */
  done(incoming: Incoming): void {
    incoming.span?.end();
    incoming.settled();
    attachmentOf(incoming)?.done(incoming.number);
  }

  /** A delivery ended in another way. */
  settle(incoming: Incoming, settlement: Ended): void {
    endSettled(incoming, settlement.outcome, settlement.detail);
    incoming.settled();
    attachmentOf(incoming)?.settle(incoming.number, settlement);
  }

  /** How many unsettled deliveries this instance takes from now on: of each broker, while it moves from one to another. */
  setWindow(window: number): void {
    this.#attachments.setWindow(window);
  }

  /** Whether the app keeps failing: then other instances of the role get its work, as long as any of them takes work. */
  readonly setFailing = (standing: AppStanding): void => this.#attachments.setFailing(standing);

  /** The whole bus at this moment. Fails with BROKER_UNAVAILABLE while it is away. */
  async topology(): Promise<Topology> {
    return (await this.#attachments.current?.topology()) ?? Promise.reject(this.lastError);
  }

  /** Takes no more deliveries, sends what waits, and leaves once everything is confirmed, answered and settled. */
  drain(deadline: AbortSignal): Promise<void> {
    this.#isDraining = true;
    this.setWindow(0);
    const drained = new Promise<void>((resolve) => {
      this.#onDrained = resolve;
      deadline.addEventListener("abort", () => resolve(), { once: true });
      if (deadline.aborted) resolve();
    });
    this.#ended();
    return drained.then(() => this.close());
  }

  /** Ends at once. What waits is refused. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const error = new ExoError("DRAINING", "This process is shutting down.");
    this.#attachments.close(error);
    this.#outbox.close(error);
    this.#mux.close(error);
    this.#events.status?.({ kind: "closed" });
    this.#onDrained?.();
  }

  readonly #refusalOf = (name: string): ExoError | undefined => {
    if (this.#isClosed || this.#isDraining) return new ExoError("DRAINING", "This process is shutting down.");
    const { current, latest, lastError } = this.#attachments;
    const refused = latest?.names?.refusalOf(name);
    if (refused) return refused;
    // Not attached for a reason that waiting does not mend: said at once.
    return !current && isLasting(lastError) ? lastError : undefined;
  };

  /** The broker that has the request need not look for its reply any more. One that none has is not sent. */
  #abandoned({ number, carrier, entry }: OpenRequest): void {
    if (!entry || !this.#outbox.withdraw(entry)) {
      const attachment = carrier instanceof Attachment && carrier.isOpen ? carrier : this.#attachments.current;
      attachment?.abandon(number);
    }
    this.#lessUnderWay();
  }

  #lessUnderWay(): void {
    this.#attachments.leaving.leaveIfThrough();
    this.#leaveIfDone();
  }

  /** An attachment has ended, or there is nothing that messages could be sent by. */
  #ended(): void {
    // What waits could only be sent once the broker that shuts down as well is back.
    if (this.#isDraining && this.#attachments.isHeld)
      this.#outbox.refuseWaiting(new ExoError("DRAINING", "The broker is shutting down, and so is this process."));
    this.#leaveIfDone();
  }

  readonly #leaveIfDone = (): void => {
    if (!this.#isDraining || this.#outbox.messages > 0 || this.#mux.requests.size > 0) return;
    const { open } = this.#attachments;
    for (const attachment of open) attachment.leave();
    if (open.length === 0) this.#onDrained?.();
  };
}

/** Where a delivery came by, if that is still open. */
function attachmentOf({ connection }: Incoming): Attachment | undefined {
  return connection instanceof Attachment && connection.isOpen ? connection : undefined;
}
