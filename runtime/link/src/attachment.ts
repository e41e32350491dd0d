import { cutText, deliveryMistake, envelopeOverheadBytes, messageOverheadBytes } from "@exosphere/frames";
import {
  type AttachResponse,
  ExoError,
  type Move,
  type Registration,
  type Settlement,
  type Topology,
} from "@exosphere/proto";
import type { AppStanding } from "./app-standing.ts";
import type { Clock } from "./clock.ts";
import { Connection } from "./connection.ts";
import type { InFlight } from "./in-flight.ts";
import { Incoming, textOf } from "./incoming.ts";
import type { LinkConfig } from "./link-config.ts";
import { NameTable } from "./name-table.ts";
import type { Outbox } from "./outbox.ts";
import type { OutboxEntry } from "./outbox-entry.ts";
import type { RequestCarrier } from "./reply-mux.ts";
import { errorOfRefusal, tooLarge } from "./wire-error.ts";

/** Numbers of deliveries on one stream: an `Incoming.number` has the attachment's ordinal above them. */
const numbersOfStream = 2 ** 32;

/** How a delivery ended. `words`: what the app said, for operators alone. */
export type Ended = Omit<Settlement, "delivery" | "words"> & { readonly words?: string };

/** What a Credit adds to a frame, in bytes. */
const creditBytes = 16;

/** What is known of a delivery that must not be given to anybody. */
export type MalformedDelivery = Pick<Incoming, "name" | "number" | "request" | "activityId">;

/** What an attachment tells those who hold it. */
export interface AttachmentEvents {
  /** The broker has taken the instance in, and told its routes. */
  ready(attachment: Attachment): void;
  routes(attachment: Attachment, revision: number): void;
  /** A delivery that can be read. It must be settled. */
  delivery(incoming: Incoming, attachment: Attachment): void;
  /** A delivery that must not be given to anybody. It must be settled. */
  malformed(delivery: MalformedDelivery, mistake: string, attachment: Attachment): void;
  /** A request cannot be answered; by a reply in an activity, if that is not empty. */
  undeliverable(request: number, error: ExoError, activityId: string): void;
  /** A request with many replies has had its last one. */
  answered(request: number): void;
  /** Whoever sent a delivery takes no more replies. */
  unwanted(number: number): void;
  /** Whether what a broker that drains has refused waits for the next one. False: its sender is told. */
  mayWaitAgain(attachment: Attachment): boolean;
  waitAgain(entries: readonly OutboxEntry[], attachment: Attachment): void;
  move(move: Move, attachment: Attachment): void;
  /** It takes more than before. */
  writable(attachment: Attachment): void;
  /** A frame was dealt with, or a request that was sent here has ended. */
  progressed(attachment: Attachment): void;
  /** It is over. Called once. */
  closed(attachment: Attachment, error: ExoError): void;
}

/**
 * One attachment to one broker, from the attempt to its end, with all that is good for this stream alone: what is in flight
 * on it, the numbers of names and deliveries, the open requests, and those who wait for the topology.
 */
export class Attachment implements RequestCarrier {
  readonly address: string;
  /** When it was ready, in milliseconds of the clock. */
  readySinceMs = Number.POSITIVE_INFINITY;
  /** It is the sender's no more: only what came by it is settled and replied to here. */
  isLeaving = false;
  hasLeft = false;
  /** Deliveries that the app has and has not settled. */
  unsettled = 0;
  /** Which of the link's attachments it is. Set when it is ready. */
  ordinal = -1;
  readonly #connection: Connection;
  readonly #events: AttachmentEvents;
  readonly #outbox: Outbox;
  readonly #role: string;
  readonly #clock: Clock;
  readonly #topologyWaiters: ((topology: Topology | undefined) => void)[] = [];
  #inFlight: InFlight | undefined;
  #names: NameTable | undefined;
  #openRequests = 0;
  #window: number;
  #standing: AppStanding = { failing: false, probes: 0 };
  #isClosed = false;

  constructor(
    address: string,
    registration: Registration,
    config: LinkConfig,
    outbox: Outbox,
    events: AttachmentEvents,
  ) {
    this.address = address;
    this.#events = events;
    this.#outbox = outbox;
    this.#role = config.role;
    this.#clock = config.clock;
    this.#window = registration.credit;
    this.#connection = new Connection(address, registration, config, {
      frame: (frame) => this.#received(frame),
      writable: () => events.writable(this),
      closed: (error) => this.#closed(ExoError.from(error)),
    });
  }

  get names(): NameTable | undefined {
    return this.#names;
  }

  /** What is in flight. Undefined until it is ready. */
  get inFlight(): InFlight | undefined {
    return this.#inFlight;
  }

  /** The life of the broker that it is with. */
  get epoch(): string {
    return this.#connection.attached?.epoch ?? "";
  }

  /** What the broker said when it took the instance in. */
  get attached(): Connection["attached"] {
    return this.#connection.attached;
  }

  /** Whether messages may go and come here. */
  get isOpen(): boolean {
    return this.#inFlight !== undefined && !this.#isClosed;
  }

  get isWritable(): boolean {
    return this.#connection.writer.isWritable;
  }

  /** Whether everything that was sent here has been confirmed and answered. */
  get isThrough(): boolean {
    return this.#openRequests === 0 && this.#inFlight?.size === 0;
  }

  /** Messages may go. `lastConfirmed`: the highest sequence that this life of the broker has confirmed. */
  open(ordinal: number, lastConfirmed: number): InFlight {
    this.ordinal = ordinal;
    this.readySinceMs = this.#clock.nowMs();
    this.#inFlight = this.#outbox.carrier(lastConfirmed);
    return this.#inFlight;
  }

  /** Whether a delivery of this number came here. */
  isSourceOf(number: number): boolean {
    return number !== 0 && Math.floor(number / numbersOfStream) === this.ordinal;
  }

  /** Puts a message into a frame, or refuses it if the role may not send it, or the broker would not take it. */
  write(entry: OutboxEntry): void {
    const names = this.#names as NameTable;
    const number = names.numberOf(entry.name);
    if (number === 0) return this.#outbox.refuse(entry, names.refusalOf(entry.name) as ExoError);
    const { publish } = entry;
    // Far above its limit a broker breaks the connection, to which the message would be given again and again.
    const limit = this.attached?.maxPayloadBytes ?? 0;
    if (limit > 0 && publish.envelope.byteLength > limit + envelopeOverheadBytes)
      return this.#outbox.refuse(entry, tooLarge(entry.name, limit));
    publish.name = number;
    publish.cause = this.isSourceOf(entry.cause) ? wireNumber(entry.cause) : 0;
    if (entry.returnEpoch !== this.epoch) {
      // Another life of the broker knows nothing of that request; the activity still leads the reply to its instance.
      publish.replyInstance = 0;
      publish.replyRequest = 0;
    }
    const { writer } = this.#connection;
    const sequence = this.#outbox.sent(entry, this.#inFlight as InFlight);
    let frame = writer.frame(entry.bytes);
    if (frame.publishes.length === 0) frame.firstSequence = sequence;
    else if (frame.firstSequence + frame.publishes.length !== sequence) {
      frame = writer.nextFrame(entry.bytes);
      frame.firstSequence = sequence;
    }
    frame.publishes.push(publish);
  }

  done(number: number): void {
    this.unsettled -= 1;
    this.#connection.writer.frame(5).done.push(wireNumber(number));
  }

  settle(number: number, settlement: Ended): void {
    this.unsettled -= 1;
    // A frame of any length would be more than the broker takes.
    const detail = cutText(settlement.detail);
    const words = cutText(settlement.words ?? "");
    const frame = this.#connection.writer.frame(detail.length + words.length + messageOverheadBytes);
    frame.settlements.push({ ...settlement, detail, words, delivery: wireNumber(number) });
  }

  /** How many unsettled deliveries the instance takes from now on. */
  setWindow(window: number): void {
    if (window === this.#window) return;
    this.#window = window;
    this.#writeCredit();
  }

  /** Whether the app keeps failing, and how many deliveries it takes all the same to find out whether it still does. */
  setFailing(standing: AppStanding): void {
    this.#standing = standing;
    this.#writeCredit();
  }

  #writeCredit(): void {
    this.#connection.writer.frame(creditBytes).credit = { window: this.#window, ...this.#standing };
  }

  /** Nobody waits for the reply to this request any more. */
  abandon(request: number): void {
    this.#connection.writer.frame(5).abandoned.push(request);
  }

  topology(): Promise<Topology | undefined> {
    this.#connection.writer.frame(5).topologyQuery = {};
    return new Promise((resolve) => this.#topologyWaiters.push(resolve));
  }

  requestStarted(): void {
    this.#openRequests += 1;
  }

  requestEnded(): void {
    this.#openRequests -= 1;
    if (this.isLeaving) this.#events.progressed(this);
  }

  /** Says that nothing more comes but replies. The broker then ends the stream in its time. */
  leave(): void {
    if (this.hasLeft) return;
    this.hasLeft = true;
    this.#connection.writer.frame(5).leave = {};
  }

  /** Sequences of what was never given to the stream. For after it broke. */
  takeUnsent(): Set<number> {
    const unsent = new Set<number>();
    for (const { firstSequence, publishes } of this.#connection.writer.takeUnsent()) {
      publishes.forEach((_, index) => {
        unsent.add(firstSequence + index);
      });
    }
    return unsent;
  }

  /** Breaks it off at once. */
  cancel(error: Error): void {
    this.#connection.cancel(error);
  }

  #received(frame: AttachResponse): void {
    if (frame.routes) this.#names = new NameTable(this.#role, frame.routes);
    if (this.#inFlight === undefined && this.attached && this.#names) this.#events.ready(this);
    if (this.#isClosed) return;
    if (frame.routes) this.#events.routes(this, frame.routes.revision);
    if (this.#inFlight) this.#confirmed(frame, this.#inFlight);
    if (frame.deliveries.length > 0) this.#delivered(frame);
    for (const { request, reason, detail, activityId, facts } of frame.undeliverables)
      this.#events.undeliverable(request, ExoError.fromWire(reason, detail, { facts }), textOf(activityId));
    for (const request of frame.answered) this.#events.answered(request);
    for (const number of frame.unwanted) this.#events.unwanted(this.ordinal * numbersOfStream + number);
    if (frame.topology) for (const waiter of this.#topologyWaiters.splice(0)) waiter(frame.topology);
    if (frame.move) this.#events.move(frame.move, this);
    this.#events.progressed(this);
  }

  #confirmed({ refusals, confirmations }: AttachResponse, inFlight: InFlight): void {
    const again: OutboxEntry[] = [];
    for (const refusal of refusals) {
      const entry = inFlight.take(refusal.sequence);
      if (!entry) continue;
      if (refusal.reason === "DRAINING" && this.#events.mayWaitAgain(this)) again.push(entry);
      else this.#outbox.refuse(entry, errorOfRefusal(refusal));
    }
    for (const { first, last } of confirmations) inFlight.settleRun(first, last);
    if (again.length > 0) this.#events.waitAgain(again, this);
    if (confirmations.length > 0) this.#events.writable(this);
  }

  #delivered({ deliveries, firstDelivery }: AttachResponse): void {
    const { epoch } = this;
    const above = this.ordinal * numbersOfStream;
    const nowMs = this.#clock.nowMs();
    let onStream = firstDelivery;
    this.unsettled += deliveries.length;
    for (const delivery of deliveries) {
      const name = this.#names?.nameOf(delivery.name) ?? "";
      const number = above + onStream;
      onStream = onStream === 0xffff_ffff ? 1 : onStream + 1;
      // Brokers pass it on unread.
      const mistake = deliveryMistake(delivery);
      if (mistake === undefined)
        this.#events.delivery(new Incoming({ name, number, delivery, epoch, connection: this, nowMs }), this);
      else
        this.#events.malformed(
          { name, number, request: delivery.request, activityId: textOf(delivery.activityId) },
          mistake,
          this,
        );
    }
  }

  /** That a reply arrived is news to nobody: the broker only lets go of it. */
  doneUnhurried(number: number): void {
    this.unsettled -= 1;
    this.#connection.writer.unhurriedFrame(5).done.push(wireNumber(number));
  }

  #closed(error: ExoError): void {
    this.#isClosed = true;
    this.#events.closed(this, error);
    for (const waiter of this.#topologyWaiters.splice(0)) waiter(undefined);
  }
}

/** The number of a delivery on its stream: the lower 32 bits. */
function wireNumber(number: number): number {
  return number >>> 0;
}
