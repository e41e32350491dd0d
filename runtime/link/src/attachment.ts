import {
  cutText,
  envelopeOverheadBytes,
  type FrameWriter,
  messageOverheadBytes,
  type Urgency,
} from "@exosphere/frames";
import {
  type Attached,
  type AttachRequest,
  type AttachResponse,
  ExoError,
  newSettlement,
  type Registration,
  type Topology,
} from "@exosphere/proto";
import { outcomeNumbers } from "@exosphere/proto/outcomes";
import type { AppStanding } from "./app-standing.ts";
import type { HandlerSlots } from "./asking-handler.ts";
import type { Clock } from "./clock.ts";
import { Connection } from "./connection.ts";
import { StreamCredit } from "./credit.ts";
import type { Ended } from "./ended.ts";
import { type FrameEvents, FrameReader, type FrameSource } from "./frame-reader.ts";
import { streamNumber } from "./incoming.ts";
import type { LinkConfig } from "./link-config.ts";
import { NameTable } from "./name-table.ts";
import type { RequestCarrier } from "./open-request.ts";
import type { Carrier, Outbox } from "./outbox.ts";
import type { OutboxEntry } from "./outbox-entry.ts";
import { Requesters } from "./requesters.ts";
import { TopologyQueries } from "./topology-queries.ts";
import { tooLarge } from "./wire-error.ts";

/** What a Credit adds to a frame, in bytes. */
const creditBytes = 16;

/** What an attachment tells those who hold it, beside what its frames say. */
export interface AttachmentEvents extends FrameEvents<Attachment> {
  /** The broker has taken the instance in, and told its routes. */
  ready(attachment: Attachment): void;
  /** A frame was dealt with, or a request that was sent here has ended. */
  progressed(attachment: Attachment): void;
  /** It is over. Called once. */
  closed(attachment: Attachment, error: ExoError): void;
}

/**
 * One attachment to one broker, from the attempt to its end, with all that is good for this stream alone: what is in flight
 * on it, the numbers of names and deliveries, the open requests, and those who wait for the topology.
 */
export class Attachment implements RequestCarrier, FrameSource, HandlerSlots {
  readonly address: string;
  /** When it was ready, in milliseconds of the clock. */
  readySinceMs = Number.POSITIVE_INFINITY;
  /** What the broker said when it took the instance in. */
  attached: Attached | undefined;
  /** The names that the broker has told last, with its numbers. */
  names: NameTable | undefined;
  /** What is in flight. Undefined until it is ready. */
  inFlight: Carrier | undefined;
  /** It is the sender's no more: only what came by it is settled and replied to here. */
  isLeaving = false;
  hasLeft = false;
  unsettled = 0;
  /** Gathers what goes to the broker. */
  readonly writer: FrameWriter<AttachRequest>;
  readonly requesters: Requesters = new Requesters();
  /** Set when it is ready. */
  ordinal = -1;
  readonly #connection: Connection;
  readonly #reader: FrameReader<Attachment>;
  readonly #events: AttachmentEvents;
  readonly #outbox: Outbox;
  readonly #role: string;
  readonly #clock: Clock;
  readonly #topologyQueries = new TopologyQueries();
  #openRequests = 0;
  readonly #credit: StreamCredit;
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
    this.#credit = new StreamCredit(registration.credit, (credit) => {
      this.writer.frame(creditBytes).credit = credit;
    });
    this.#reader = new FrameReader(config.clock, this, events);
    this.#connection = new Connection(address, registration, config, {
      frame: this.#received,
      writable: () => events.writable(this),
      closed: (error) => this.#closed(ExoError.from(error)),
    });
    this.writer = this.#connection.writer;
  }

  get epoch(): string {
    return this.attached?.epoch ?? "";
  }

  /** Whether messages may go and come here. */
  get isOpen(): boolean {
    return this.inFlight !== undefined && !this.#isClosed;
  }

  /** Whether everything that was sent here has been confirmed and answered. */
  get isThrough(): boolean {
    return this.#openRequests === 0 && this.inFlight?.size === 0;
  }

  /** Messages may go. `lastConfirmed`: the highest sequence that this life of the broker has confirmed. */
  open(ordinal: number, lastConfirmed: number): Carrier {
    this.ordinal = ordinal;
    this.readySinceMs = this.#clock.nowMs();
    this.inFlight = this.#outbox.carrier(lastConfirmed);
    return this.inFlight;
  }

  /** Puts a message into a frame, or refuses it if the role may not send it, or the broker would not take it. */
  write(entry: OutboxEntry): void {
    const names = this.names as NameTable;
    const number = names.numberOf(entry.name);
    if (number === 0) return this.#outbox.refuse(entry, names.refusalOf(entry.name) as ExoError);
    const { publish } = entry;
    // Far above its limit a broker breaks the connection, to which the message would be given again and again.
    const limit = this.attached?.maxPayloadBytes ?? 0;
    if (limit > 0 && publish.envelope.byteLength > limit + envelopeOverheadBytes)
      return this.#outbox.refuse(entry, tooLarge(entry.name, limit));
    publish.name = number;
    const sequence = this.#outbox.sent(entry, this.inFlight as Carrier);
    let frame = this.writer.frame(entry.bytes);
    if (frame.publishes.length === 0) frame.firstSequence = sequence;
    else if (frame.firstSequence + frame.publishes.length !== sequence) {
      frame = this.writer.nextFrame(entry.bytes);
      frame.firstSequence = sequence;
    }
    frame.publishes.push(publish);
  }

  done(number: number, urgency?: Urgency): void {
    this.unsettled -= 1;
    this.writer.frame(5, urgency).done.push(streamNumber(number));
  }

  settle(number: number, ended: Ended): void {
    this.unsettled -= 1;
    // A frame of any length would be more than the broker takes.
    const detail = cutText(ended.detail);
    const words = cutText(ended.words ?? "");
    const frame = this.writer.frame(detail.length + words.length + messageOverheadBytes);
    const { retryAfterMs } = ended;
    const outcome = outcomeNumbers[ended.outcome];
    frame.settlements.push(newSettlement({ delivery: streamNumber(number), outcome, retryAfterMs, detail, words }));
  }

  /** How many unsettled deliveries the app takes from now on. */
  setWindow(window: number): void {
    this.#credit.setWindow(window);
  }

  /** Whether the app keeps failing, and how many deliveries it takes all the same to find out whether it still does. */
  setFailing(standing: AppStanding): void {
    this.#credit.setStanding(standing);
  }

  handlerWaits(): void {
    if (!this.#isClosed) this.#credit.handlerWaits();
  }

  handlerContinues(): void {
    if (!this.#isClosed) this.#credit.handlerContinues();
  }

  /** Nobody waits for the reply to this request any more. */
  abandon(request: number): void {
    this.writer.frame(5).abandoned.push(request);
  }

  topology(): Promise<Topology | undefined> {
    this.writer.frame(5).topologyQuery = {};
    return this.#topologyQueries.next();
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
    this.writer.frame(5).leave = {};
  }

  /** Sequences of what was never given to the stream. For after it broke. */
  takeUnsent(): Set<number> {
    const unsent = new Set<number>();
    for (const { firstSequence, publishes } of this.writer.takeUnsent()) {
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

  readonly #received = (frame: AttachResponse): void => {
    if (frame.attached) this.attached = frame.attached;
    if (frame.routes) this.names = new NameTable(this.#role, frame.routes);
    if (this.inFlight === undefined && this.attached && this.names) this.#events.ready(this);
    if (this.#isClosed) return;
    this.#reader.read(frame, this.inFlight);
    if (frame.topology) this.#topologyQueries.answer(frame.topology);
    this.#events.progressed(this);
  };

  #closed(error: ExoError): void {
    this.#isClosed = true;
    this.#events.closed(this, error);
    this.#topologyQueries.answer(undefined);
  }
}
