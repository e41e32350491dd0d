import { type MessageSpan, messageOverheadBytes, type Traffic } from "@exosphere/frames";
import { ExoError, type Publish, type Topology } from "@exosphere/proto";
import type { AppStanding } from "./app-standing.ts";
import { Attachment, type Ended, type MalformedDelivery } from "./attachment.ts";
import { Attachments } from "./attachments.ts";
import type { Clock } from "./clock.ts";
import { busDeadlineOf, defaultDeadlineMs, forwardedGraceMs } from "./deadlines.ts";
import { type Forwarded, publishOfForwarded } from "./forwarded.ts";
import { type Incoming, textOf } from "./incoming.ts";
import { type LinkOptions, linkConfig } from "./link-config.ts";
import { type LinkEvents, outcomes } from "./link-events.ts";
import { answeringSpan, endSettled, LinkSpans, tellingSpan } from "./link-spans.ts";
import type { NameTable } from "./name-table.ts";
import { Outbox } from "./outbox.ts";
import type { OutboxEntry } from "./outbox-entry.ts";
import type { Accepted, Outgoing } from "./outgoing.ts";
import { publishOf } from "./publish-of.ts";
import { type Answered, type OpenRequest, ReplyMux } from "./reply-mux.ts";
import { isLasting, malformedReply, tooManyRequests, unconfirmed } from "./wire-error.ts";

/**
 * One instance's place on the bus: attaches, and attaches again, fails over, resends what was not confirmed, and brings
 * replies to those who wait. Its calls take callbacks, because a promise per message is what makes other buses slow.
 */
export class Link {
  /** What goes over its connections: for metrics. */
  readonly traffic: Traffic;
  readonly #events: LinkEvents;
  readonly #clock: Clock;
  readonly #onRefused: LinkOptions["onRefused"];
  readonly #textMistake: LinkOptions["textMistake"];
  readonly #passesOn: () => boolean;
  readonly #outbox: Outbox;
  readonly #mux: ReplyMux;
  readonly #attachments: Attachments;
  readonly #spans: LinkSpans | undefined;
  /** For all requests of its own, by the numbers that their publishes carry. */
  readonly #requestAccepted: OutboxEntry["accepted"] = (error, { publish }) =>
    this.#mux.accepted(publish.request, error);
  #names: NameTable | undefined;
  #isDraining = false;
  #isClosed = false;
  #onDrained: (() => void) | undefined;

  constructor(options: LinkOptions, events: LinkEvents) {
    const config = linkConfig(options);
    this.traffic = config.traffic;
    this.#spans = config.tracer && new LinkSpans(config.tracer, config.role);
    this.#events = events;
    this.#clock = config.clock;
    this.#onRefused = config.onRefused;
    this.#textMistake = config.textMistake;
    this.#passesOn = config.passesOn ?? (() => false);
    const whyAway = () => (this.isAttached ? unconfirmed() : this.lastError);
    this.#outbox = new Outbox(config, whyAway, () => this.#lessUnderWay(), config.clock);
    this.#mux = new ReplyMux((request) => this.#abandoned(request), config.clock);
    this.#attachments = new Attachments(config, this.#outbox, {
      delivery: (incoming, attachment) => this.#delivered(incoming, attachment),
      malformed: (delivery, mistake, attachment) => this.#malformed(delivery, mistake, attachment),
      undeliverable: (request, error, activityId) => this.#mux.fail(request, error, activityId),
      answered: (request) => this.#mux.end(request),
      unwanted: (number) => this.#events.unwanted?.(number),
      // A broker that drains waits for its handlers, so they must not wait for the next one.
      mayWaitAgain: (attachment) => !this.#isDraining && attachment.unsettled === 0,
      waitAgain: (entries) => {
        for (const { publish } of entries) if (publish.request !== 0) this.#mux.carry(publish.request, undefined);
        this.#outbox.waitAgain(entries);
      },
      writable: (attachment) => this.#writeWaiting(attachment),
      progressed: () => this.#leaveIfDone(),
      status: (status) => this.#events.status?.(status),
      resumed: (from, to) => this.#mux.carryAll(from, to),
      forgotten: (from, to, error) => this.#mux.failAccepted(from, to, error),
      abandonedBy: (attachment, error) => this.#mux.failCarried(attachment, error),
      ended: () => this.#ended(),
    });
    this.#attachments.connect();
  }

  /** Whether a broker has taken this instance in, and takes its messages. */
  get isAttached(): boolean {
    return this.#attachments.current !== undefined;
  }

  /** What the role may send and receive, as far as a broker has said. Kept while the broker is away. */
  get names(): NameTable | undefined {
    const names = this.#attachments.latest?.names;
    if (names !== undefined) this.#names = names;
    return this.#names;
  }

  /** Why the broker cannot be reached, when it cannot. */
  get lastError(): ExoError {
    return this.#attachments.lastError;
  }

  /** What waits for the broker: for metrics. */
  get pending(): { readonly messages: number; readonly bytes: number; readonly requests: number } {
    return { messages: this.#outbox.messages, bytes: this.#outbox.bytes, requests: this.#mux.size };
  }

  /**
   * Sends a message. `accepted` is called once: when the bus has it, or when it will not. Returns what the message can be
   * withdrawn by.
   */
  send(message: Outgoing, accepted: Accepted): OutboxEntry | undefined {
    const span = this.#spans?.sends(message);
    const told = tellingSpan(span, accepted);
    const refused = this.#refusalOf(message.name);
    if (!refused)
      return this.#publish(message, publishOf(message, span?.context), message.cause ?? 0, this.#clock.nowMs(), told);
    this.#onRefused?.(message.name, refused);
    told(refused);
    return undefined;
  }

  /** The sender of a message no longer waits: if no broker was given it yet, it is not sent, and `accepted` hears so. */
  withdraw(entry: OutboxEntry): void {
    if (this.#outbox.withdraw(entry)) this.#lessUnderWay();
  }

  /**
   * Sends a message and waits for the reply, or with `many` for all of them. Returns the number by which the request can be
   * abandoned.
   */
  request(message: Outgoing, answered: Answered, many = false): number {
    const { name, id, activityId } = message;
    const span = this.#spans?.sends(message);
    const told = answeringSpan(span, answered, many);
    const refused = this.#refusalOf(name);
    if (refused) {
      this.#onRefused?.(name, refused);
      told(refused, undefined);
      return 0;
    }
    const deadlineMs = message.deadlineMs || defaultDeadlineMs;
    const nowMs = this.#clock.nowMs();
    const dueMs = nowMs + deadlineMs;
    const request: OpenRequest = {
      number: 0,
      name,
      id,
      activityId,
      dueMs,
      deadlineMs,
      answered: told,
      many,
      textMistake: this.#textMistake,
      span,
      carrier: undefined,
      entry: undefined,
    };
    if (!this.#mux.open(request)) {
      told(tooManyRequests(), undefined);
      return 0;
    }
    const publish = publishOf(message, span?.context, busDeadlineOf(deadlineMs), request.number, many);
    request.entry = this.#publish(message, publish, message.cause ?? 0, nowMs, this.#requestAccepted);
    return request.number;
  }

  /**
   * Passes on a message that was encoded elsewhere. With `answered` it is a request: its number is returned, and if the bus
   * does not accept it, only `accepted` is told.
   */
  forward(message: Forwarded, accepted: Accepted, answered?: Answered): number {
    if (!this.#spans) return this.#forward(message, undefined, accepted, answered);
    const { message: traced, span } = this.#spans.forwards(message);
    // A request that was accepted goes on until it is answered.
    const told: Accepted = answered
      ? (error) => (error ? tellingSpan(span, accepted)(error) : accepted(error))
      : tellingSpan(span, accepted);
    return this.#forward(traced, span, told, answered && answeringSpan(span, answered, message.many));
  }

  #forward(message: Forwarded, span: MessageSpan | undefined, accepted: Accepted, answered?: Answered): number {
    const { name } = message;
    const refused = this.#refusalOf(name);
    const deadlineMs = message.deadlineMs || defaultDeadlineMs;
    const nowMs = this.#clock.nowMs();
    const dueMs = nowMs + deadlineMs + forwardedGraceMs;
    const request: OpenRequest | undefined = answered && {
      number: 0,
      name,
      id: "",
      activityId: textOf(message.activityId),
      dueMs,
      deadlineMs,
      answered,
      many: message.many ?? false,
      textMistake: undefined,
      span,
      carrier: undefined,
      entry: undefined,
    };
    if (refused || (request && !this.#mux.open(request))) {
      accepted(refused ?? tooManyRequests());
      return 0;
    }
    const number = request?.number ?? 0;
    const publish = publishOfForwarded(message, number);
    const entry = this.#publish(message, publish, message.cause?.number ?? 0, nowMs, (error) => {
      if (request) request.entry = undefined;
      if (error && number !== 0) this.#mux.abandon(number);
      accepted(error);
    });
    if (request) request.entry = entry;
    return number;
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
    attachmentOf(incoming)?.done(incoming.number);
  }

  /** A delivery ended in another way. */
  settle(incoming: Incoming, settlement: Ended): void {
    endSettled(incoming, settlement.outcome, settlement.detail);
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

  /** Returns what waits for its confirmation, or undefined if there was no room. */
  #publish(
    message: Pick<Outgoing, "name" | "returnPath">,
    publish: Publish,
    cause: number,
    nowMs: number,
    accepted: OutboxEntry["accepted"],
  ): OutboxEntry | undefined {
    const entry: OutboxEntry = {
      name: message.name,
      publish,
      bytes: publish.envelope.byteLength + publish.activityId.byteLength + messageOverheadBytes,
      dueMs: nowMs + (publish.deadlineMs || defaultDeadlineMs),
      returnEpoch: message.returnPath?.epoch ?? "",
      cause,
      accepted: this.#heard(message.name, publish.replyRequest !== 0, accepted),
      sequence: 0,
    };
    const carrier = this.#attachments.carrierOf(entry);
    // What waits for the current broker does not hold up what goes back to one that is being left.
    const isNext = carrier?.isWritable && (carrier.isLeaving || !this.#outbox.hasWaiting);
    const full = this.#outbox.add(entry, !isNext);
    if (full) {
      entry.accepted(full, entry);
      return undefined;
    }
    if (isNext) this.#write(entry, carrier);
    else if (carrier) this.#writeWaiting(carrier);
    return entry;
  }

  /**
   * For nearly all links nobody listens, and it costs nothing. A reply that nobody receives any more was not refused for what it
   * is: whoever asked takes no more.
   */
  #heard(name: string, isReply: boolean, accepted: OutboxEntry["accepted"]): OutboxEntry["accepted"] {
    const onRefused = this.#onRefused;
    if (!onRefused) return accepted;
    return (error, entry) => {
      const isUnwanted = isReply && error instanceof ExoError && error.reason === "NO_RECEIVERS";
      if (error && !isUnwanted) onRefused(name, error);
      accepted(error, entry);
    };
  }

  #refusalOf(name: string): ExoError | undefined {
    if (this.#isClosed || this.#isDraining) return new ExoError("DRAINING", "This process is shutting down.");
    const refused = this.names?.refusalOf(name);
    if (refused) return refused;
    // Not attached for a reason that waiting does not mend: said at once.
    return !this.isAttached && isLasting(this.lastError) ? this.lastError : undefined;
  }

  #write(entry: OutboxEntry, carrier: Attachment): void {
    const { request } = entry.publish;
    if (request !== 0) this.#mux.carry(request, carrier);
    carrier.write(entry);
  }

  /** Writes what waits and goes by this attachment. */
  #writeWaiting(attachment: Attachment): void {
    if (!this.#outbox.hasWaiting) return;
    const now = this.#clock.nowMs();
    for (const entry of this.#outbox.waiting()) {
      if (!attachment.isOpen || !attachment.isWritable) return;
      if (this.#attachments.carrierOf(entry) !== attachment) continue;
      // Time has passed since it was sent.
      if (entry.publish.deadlineMs > 0) entry.publish.deadlineMs = Math.max(1, Math.ceil(entry.dueMs - now));
      this.#write(entry, attachment);
    }
  }

  #delivered(incoming: Incoming, attachment: Attachment): void {
    const taken = this.#mux.take(incoming);
    if (taken === "last") attachment.doneUnhurried(incoming.number);
    else if (taken === "more") return;
    else if (typeof taken === "object") {
      // Of many replies others may be on their way.
      if (incoming.isMore) attachment.abandon(incoming.request);
      this.#malformed(incoming, taken.mistake, attachment);
    } else if (incoming.request !== 0)
      attachment.settle(incoming.number, { outcome: outcomes.returned, retryAfterMs: 0, detail: "" });
    else {
      const mistake = this.#passesOn() ? undefined : this.#textMistake?.(incoming);
      if (mistake !== undefined) return this.#malformed(incoming, mistake, attachment);
      this.#spans?.processes(incoming);
      this.#events.delivery(incoming);
    }
  }

  /** A message that must not be given to anybody: whoever waits for it is told. */
  #malformed({ name, number, request, activityId }: MalformedDelivery, mistake: string, attachment: Attachment): void {
    attachment.settle(number, { outcome: outcomes.dead, retryAfterMs: 0, detail: mistake });
    if (request !== 0) this.#mux.fail(request, malformedReply(name, mistake), activityId);
    this.#events.malformed?.({ name, number, request, activityId }, mistake);
  }

  /** The broker that has the request need not look for its reply any more. One that none has is not sent. */
  #abandoned({ number, carrier, entry }: OpenRequest): void {
    if (!entry || !this.#outbox.withdraw(entry)) {
      const attachment = carrier instanceof Attachment && carrier.isOpen ? carrier : this.#attachments.current;
      attachment?.abandon(number);
    }
    this.#lessUnderWay();
  }

  #lessUnderWay(): void {
    this.#attachments.leaveIfThrough();
    this.#leaveIfDone();
  }

  /** An attachment has ended, or there is nothing that messages could be sent by. */
  #ended(): void {
    // What waits could only be sent once the broker that shuts down as well is back.
    if (this.#isDraining && this.#attachments.isHeld)
      this.#outbox.refuseWaiting(new ExoError("DRAINING", "The broker is shutting down, and so is this process."));
    this.#leaveIfDone();
  }

  #leaveIfDone(): void {
    if (!this.#isDraining || this.#outbox.messages > 0 || this.#mux.size > 0) return;
    const { open } = this.#attachments;
    for (const attachment of open) attachment.leave();
    if (open.length === 0) this.#onDrained?.();
  }
}

/** Where a delivery came by, if that is still open. */
function attachmentOf({ connection }: Incoming): Attachment | undefined {
  return connection instanceof Attachment && connection.isOpen ? connection : undefined;
}
