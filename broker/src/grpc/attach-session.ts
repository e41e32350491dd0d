import {
  emptyResponse,
  type FlushSchedule,
  type FrameDuplex,
  FrameWriter,
  messageOverheadBytes,
} from "@exosphere/frames";
import {
  type AttachRequest,
  type AttachResponse,
  type Confirmation,
  ExoError,
  protocolVersion,
  type Refusal,
  type Registration,
  type Settlement,
  type Topology,
} from "@exosphere/proto";
import type { Clock } from "../core/clock.ts";
import type { Copy } from "../core/copy.ts";
import type { Exocom } from "../core/exocom.ts";
import type { Instance } from "../core/instance.ts";
import type { Link, Refused } from "../core/link.ts";
import type { RouteSlice } from "../core/route-slice.ts";
import { HeldMessage } from "../core/security/held-message.ts";
import type { Settled } from "../core/settlements.ts";
import { type Acquaintance, refusalOf } from "./acquaintances.ts";
import { malformedFrame } from "./malformed-frame.ts";

/** What a session needs from the broker around it. */
export interface SessionHost {
  readonly exocom: Exocom;
  readonly clock: Clock;
  /** Names this life of the broker. */
  readonly epoch: string;
  /** Which broker this is, for people. */
  readonly agent: string;
  readonly schedule?: FlushSchedule;
  /** Checks who attaches, and gives what is remembered of them. Throws an ExoError to refuse. */
  admit(registration: Registration, session: AttachSession): Acquaintance;
  topology(): Topology;
  /** A frame of this session was dealt with. */
  progressed(): void;
  /** The session has ended, however it did. */
  ended(session: AttachSession): void;
}

/**
 * Bytes that may wait for an instance that does not read: confirmations and replies, as deliveries stop earlier. Beyond
 * it the stream ends, as nothing else would make an end.
 */
const maxUnreadBytes = 16 * 1024 * 1024;

/** One attach stream: turns frames into calls of the core, and what the core has for the instance into frames. */
export class AttachSession implements Link {
  readonly #host: SessionHost;
  readonly #writer: FrameWriter<AttachResponse>;
  readonly #refuse: (error: ExoError) => void;
  #instance: Instance | undefined;
  #acquaintance: Acquaintance | undefined;
  #isLeaving = false;
  #isEnded = false;

  /** `refuse` ends the stream with an error, at once. */
  constructor(
    duplex: FrameDuplex<AttachRequest, AttachResponse>,
    host: SessionHost,
    refuse: (error: ExoError) => void,
  ) {
    this.#host = host;
    this.#refuse = refuse;
    const { schedule } = host;
    this.#writer = new FrameWriter(duplex, {
      create: emptyResponse,
      ...(schedule ? { schedule } : {}),
      onWritable: () => this.#instance && host.exocom.writable(this.#instance),
    });
    duplex.on("data", (frame) => this.#received(frame));
    // The instance will send nothing more.
    duplex.on("end", () => this.end());
    duplex.on("error", () => this.#gone());
    duplex.on("close", () => this.#gone());
  }

  /** The instance, once it is registered. */
  get instance(): Instance | undefined {
    return this.#instance;
  }

  get isWritable(): boolean {
    return this.#writer.isWritable;
  }

  get queuedBytes(): number {
    return this.#writer.queuedBytes;
  }

  deliver(copy: Copy): void {
    const { message } = copy;
    const frame = this.#frame(message.envelope.byteLength + message.activityId.byteLength + messageOverheadBytes);
    if (frame.deliveries.length === 0) frame.firstDelivery = copy.number;
    const seconds = Math.floor(message.timestampMs / 1000);
    frame.deliveries.push({
      name: copy.subscription.number,
      activityId: message.activityId,
      deadlineMs: Math.max(1, Math.ceil(copy.expiresAtMs - this.#host.clock.nowMs())),
      attempt: copy.attempt,
      replyInstance: message.replyInstance,
      replyRequest: message.replyRequest,
      request: copy.answers,
      timestampSeconds: seconds,
      timestampNanos: Math.min(999_999_999, Math.round((message.timestampMs - seconds * 1000) * 1e6)),
      responseTimeNs: message.responseTimeNs,
      isSecurity: message.isSecurity,
      envelope: message.envelope,
    });
  }

  undeliverable(request: number, { reason, detail }: Refused): void {
    this.#frame(detail.length + messageOverheadBytes).undeliverables.push({ request, reason, detail });
  }

  routes(slice: RouteSlice): void {
    this.#frame(messageOverheadBytes).routes = {
      revision: slice.revision,
      sends: [...slice.sends],
      receives: [...slice.receives],
    };
  }

  close({ reason, detail }: Refused): void {
    this.end(new ExoError(reason, detail));
  }

  /** Asks the instance to attach elsewhere within `withinMs`. */
  move(withinMs: number): void {
    this.#frame(messageOverheadBytes).move = { address: "", withinMs };
  }

  /** Ends the stream: in order, or with an error. */
  end(error?: ExoError): void {
    if (this.#isEnded) return;
    if (!error) this.#writer.end();
    this.#gone();
    if (error) this.#refuse(error);
  }

  #frame(bytes: number): AttachResponse {
    if (this.#writer.queuedBytes > maxUnreadBytes) {
      const detail = `The instance does not read what it is sent: ${maxUnreadBytes} bytes wait for it.`;
      process.nextTick(() => this.end(new ExoError("RATE_LIMITED", detail)));
    }
    return this.#writer.frame(bytes);
  }

  #received(frame: AttachRequest): void {
    if (this.#isEnded) return;
    try {
      if (frame === malformedFrame) throw new ExoError("INVALID_MESSAGE", "What came is no frame of this protocol.");
      if (frame.registration) this.#register(frame.registration);
      if (!this.#instance)
        throw new ExoError("INVALID_MESSAGE", "The first frame of a stream carries the registration.");
      this.#take(frame, this.#instance);
    } catch (error) {
      this.end(ExoError.from(error));
    }
  }

  #register(registration: Registration): void {
    if (this.#instance)
      throw new ExoError("INVALID_MESSAGE", "Only the first frame of a stream carries a registration.");
    const { exocom, epoch, agent } = this.#host;
    const known = this.#host.admit(registration, this);
    this.#acquaintance = known;
    const instance = exocom.attach(
      {
        role: registration.role,
        id: registration.instanceId,
        agent: registration.agent,
        window: 0,
        handle: known.handle,
      },
      this,
    );
    if (!instance) throw new ExoError("NOT_ALLOWED", `The routes have no role '${registration.role}'.`);
    known.handle = instance.handle;
    known.tell = (sequence, refused) => this.#decided(sequence, refused);
    this.#instance = instance;
    this.#frame(messageOverheadBytes).attached = {
      protocolVersion: Math.min(registration.protocolVersion, protocolVersion),
      epoch,
      takenThrough: known.takenThrough,
      undecided: [...known.undecided],
      refusals: known.refusals.filter(({ sequence }) => sequence > registration.confirmedThrough),
      instance: instance.handle,
      maxPayloadBytes: exocom.limits.maxPayloadBytes,
      agent,
    };
    exocom.setWindow(instance, registration.credit);
  }

  #take(frame: AttachRequest, instance: Instance): void {
    const { exocom } = this.#host;
    if (frame.credit) exocom.setWindow(instance, frame.credit.window);
    for (const number of frame.done) exocom.done(instance, number);
    for (const settlement of frame.settlements) exocom.settle(instance, settledOf(settlement));
    for (const request of frame.abandoned) exocom.abandon(instance, request);
    if (frame.publishes.length > 0) this.#publish(frame, instance);
    if (frame.topologyQuery) this.#frame(messageOverheadBytes).topology = this.#host.topology();
    if (frame.leave) this.#leave(instance);
    if (this.#isLeaving && instance.deliveries.size === 0) this.end();
    this.#host.progressed();
  }

  #publish(frame: AttachRequest, instance: Instance): void {
    const known = this.#acquaintance as Acquaintance;
    if (frame.firstSequence < 1) throw new ExoError("INVALID_MESSAGE", "Sequences of publishes start at 1.");
    const refusals: Refusal[] = [];
    let isAwaited = false;
    let sequence = frame.firstSequence;
    for (const publish of frame.publishes) {
      // What was taken before the connection broke comes again, and is confirmed again, but not published again.
      if (sequence > known.takenThrough) {
        const refused = this.#host.exocom.publish(instance, publish);
        known.takenThrough = sequence;
        if (refused instanceof HeldMessage) known.holds(sequence, refused);
        else if (refused) refusals.push(refusalOf(sequence, refused));
        // Whoever sent a request waits for the reply, and whoever replied is done; all others wait for this confirmation.
        isAwaited ||= refused !== undefined || (publish.request === 0 && publish.replyRequest === 0);
      }
      sequence += 1;
    }
    const confirmation = { first: frame.firstSequence, last: sequence - 1 };
    if (known.undecided.size > 0) this.#confirm(known.decidedOf(confirmation), refusals);
    else if (isAwaited) this.#confirm([confirmation], refusals);
    else this.#writer.unhurriedFrame(messageOverheadBytes).confirmations.push(confirmation);
    if (refusals.length > 0) known.remember(refusals);
  }

  /** The security role has decided on a message that was held. */
  #decided(sequence: number, refusal: Refusal | undefined): void {
    this.#confirm([{ first: sequence, last: sequence }], refusal ? [refusal] : []);
    this.#host.progressed();
  }

  #confirm(confirmations: readonly Confirmation[], refusals: readonly Refusal[]): void {
    const bytes = refusals.reduce(
      (sum, { detail }) => sum + detail.length + messageOverheadBytes,
      messageOverheadBytes,
    );
    if (confirmations.length === 0) return;
    const response = this.#frame(bytes);
    response.confirmations.push(...confirmations);
    response.refusals.push(...refusals);
  }

  #leave(instance: Instance): void {
    this.#isLeaving = true;
    this.#host.exocom.setWindow(instance, 0);
  }

  /** No frame reaches the instance any more, or none shall. */
  #gone(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    if (this.#acquaintance) this.#acquaintance.tell = undefined;
    const { exocom } = this.#host;
    if (this.#instance) {
      const unsent = this.#writer.takeUnsent().find(({ deliveries }) => deliveries.length > 0);
      exocom.detach(this.#instance, unsent?.firstDelivery);
    }
    this.#host.ended(this);
  }
}

const outcomes: Readonly<Record<number, Settled["outcome"]>> = {
  1: "done",
  2: "retry",
  3: "failed",
  4: "dead",
  5: "returned",
};

function settledOf({ delivery, outcome, retryAfterMs, detail }: Settlement): Settled {
  const known = outcomes[outcome];
  if (!known) throw new ExoError("INVALID_MESSAGE", `${outcome} is not an outcome of a settlement.`);
  return { number: delivery, outcome: known, retryAfterMs, detail };
}
