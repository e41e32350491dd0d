import { deliveryMistake } from "@exosphere/frames";
import type { AttachResponse, ExoError, Move } from "@exosphere/proto";
import type { Clock } from "./clock.ts";
import { Incoming, linkNumber, textOf } from "./incoming.ts";
import type { NameTable } from "./name-table.ts";
import type { Carrier } from "./outbox.ts";
import type { OutboxEntry } from "./outbox-entry.ts";
import type { Requesters } from "./requesters.ts";
import { errorOfWire, movedAway } from "./wire-error.ts";

/** What is known of a delivery that must not be given to anybody. */
export type MalformedDelivery = Pick<Incoming, "name" | "number" | "request" | "activityId">;

/** Where frames come from: the attachment that deliveries are settled by. */
export interface FrameSource {
  /** Which of the link's attachments it is. */
  readonly ordinal: number;
  /** The names that the broker has told last, with its numbers. */
  readonly names: NameTable | undefined;
  /** Who has asked by it. */
  readonly requesters: Requesters;
  /** Deliveries that the app has and has not settled. */
  unsettled: number;
}

/** What frames say. */
export interface FrameEvents<Source extends FrameSource> {
  /** The broker has told the role's routes. */
  routes(source: Source, revision: number): void;
  /** A delivery that can be read. It must be settled. */
  delivery(incoming: Incoming, source: Source): void;
  /** A delivery that must not be given to anybody. It must be settled. */
  malformed(delivery: MalformedDelivery, mistake: string, source: Source): void;
  /** A request cannot be answered; by a reply in an activity, if that is not empty. */
  undeliverable(request: number, error: ExoError, activityId: string): void;
  /** A request with many replies has had its last one. */
  answered(request: number): void;
  /** Whoever sent a delivery takes no more replies. */
  unwanted(number: number): void;
  /** The broker has not taken a message that was sent. */
  refused(entry: OutboxEntry, error: ExoError): void;
  /** Whether what a broker that drains has refused waits for the next one. False: its sender is told. */
  mayWaitAgain(source: Source): boolean;
  /** What a broker that drains has refused waits for the next one. */
  waitAgain(entries: readonly OutboxEntry[], source: Source): void;
  /** It takes more than before. */
  writable(source: Source): void;
  /** The broker asks to attach elsewhere. */
  move(move: Move, source: Source): void;
}

/** Tells what the frames of one broker say, part by part. */
export class FrameReader<Source extends FrameSource> {
  readonly #clock: Clock;
  readonly #source: Source;
  readonly #events: FrameEvents<Source>;

  constructor(clock: Clock, source: Source, events: FrameEvents<Source>) {
    this.#clock = clock;
    this.#source = source;
    this.#events = events;
  }

  /** Everything of a frame but its answer to a topology query. */
  read(frame: AttachResponse, inFlight: Carrier | undefined): void {
    if (frame.routes) this.#events.routes(this.#source, frame.routes.revision);
    if (inFlight) this.#readConfirmations(frame, inFlight);
    if (frame.deliveries.length > 0) this.#readDeliveries(frame);
    for (const undeliverable of frame.undeliverables)
      this.#events.undeliverable(undeliverable.request, errorOfWire(undeliverable), textOf(undeliverable.activityId));
    for (const request of frame.answered) this.#events.answered(request);
    for (const number of frame.unwanted) this.#events.unwanted(linkNumber(this.#source.ordinal, number));
    if (frame.move) this.#events.move(frame.move, this.#source);
  }

  #readConfirmations({ refusals, confirmations, moved }: AttachResponse, inFlight: Carrier): void {
    const again: OutboxEntry[] = [];
    for (const refusal of refusals) {
      const entry = inFlight.take(refusal.sequence);
      if (!entry) continue;
      if (refusal.reason === "DRAINING" && this.#events.mayWaitAgain(this.#source)) again.push(entry);
      else this.#events.refused(entry, errorOfWire(refusal));
    }
    // By a broker of a group, whose map this link does not follow yet.
    for (const sequence of moved) {
      const entry = inFlight.take(sequence);
      if (entry) this.#events.refused(entry, movedAway());
    }
    for (const { first, last } of confirmations) inFlight.settleRun(first, last);
    if (again.length > 0) this.#events.waitAgain(again, this.#source);
    if (confirmations.length > 0) this.#events.writable(this.#source);
  }

  #readDeliveries({ deliveries, firstDelivery }: AttachResponse): void {
    const source = this.#source;
    const { ordinal, requesters, names } = source;
    const nowMs = this.#clock.nowMs();
    let onStream = firstDelivery;
    source.unsettled += deliveries.length;
    for (const delivery of deliveries) {
      const name = names?.nameOf(delivery.name) ?? "";
      const number = linkNumber(ordinal, onStream);
      onStream = onStream === 0xffff_ffff ? 1 : onStream + 1;
      if (delivery.replyRequest !== 0) requesters.add(delivery);
      // Brokers pass it on unread.
      const mistake = deliveryMistake(delivery);
      if (mistake === undefined)
        this.#events.delivery(new Incoming({ name, number, delivery, connection: source, nowMs }), source);
      else
        this.#events.malformed(
          { name, number, request: delivery.request, activityId: textOf(delivery.activityId) },
          mistake,
          source,
        );
    }
  }
}
