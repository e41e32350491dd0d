import {
  cutText,
  type FairTurns,
  type FlushSchedule,
  type FrameDuplex,
  messageOverheadBytes,
  ServedStream,
  topologyBytes,
} from "@exosphere/frames";
import {
  type AttachRequest,
  type AttachResponse,
  type Confirmation,
  type Credit,
  type ExoError,
  movingProtocolVersion,
  newAttached,
  newDelivery,
  newRouteSlice,
  newRouteSliceReceive,
  newRouteSliceSend,
  newUndeliverable,
  type Refusal,
  type Registration,
  requesterProtocolVersion,
  type Topology,
} from "@exosphere/proto";
import type { AttachedInstance } from "../core/attachments.ts";
import type { Delivery } from "../core/delivery.ts";
import type { Exocom } from "../core/exocom.ts";
import type { Failure } from "../core/failure.ts";
import { Instance } from "../core/instance.ts";
import type { Link } from "../core/link.ts";
import type { RouteSlice } from "../core/route-slice.ts";
import { Undecided } from "../core/undecided.ts";
import { errorOf, refusalOf } from "./failures.ts";
import type { ResumableSession } from "./resumable-sessions.ts";
import { settlementOf } from "./settlements.ts";
import type { Handles } from "./version-2/handles.ts";
import { Version2Stream } from "./version-2/version-2-stream.ts";

/** What a session needs from the broker around it. */
export interface SessionHost {
  readonly exocom: Exocom;
  /** Names this life of the broker. */
  readonly epoch: string;
  /** Which broker this is, for people. */
  readonly agent: string;
  readonly schedule?: FlushSchedule;
  /** Shares the event loop among all streams. */
  readonly turns: FairTurns;
  /** Bytes that may wait for an instance that does not read, before its stream ends. */
  readonly maxUnreadBytes: number;
  /** Checks who attaches, and gives what is remembered of them. Throws an ExoError to refuse. */
  admit(registration: Registration, session: AttachSession): ResumableSession;
  /** By which streams of version 2 name requesters. */
  readonly handles: Handles;
  topology(): Topology;
  /** The broker shuts down: instances that leave still take what is left for them. */
  readonly isDraining: boolean;
  /** The session has ended, however it did. */
  ended(session: AttachSession): void;
}

/** What a run of confirmations takes in a frame, in bytes: two numbers of up to eight bytes, tags and a length. */
const confirmationBytes = 20;

/** The longest deadline that travels, in milliseconds: what is valid for longer, or for ever, is valid for that long. */
const longestDeadlineMs = 0xffff_ffff;

const noActivity = new Uint8Array();

/** One attach stream: turns frames into calls of the core, and what the core has for the instance into frames. */
export class AttachSession implements Link {
  readonly #host: SessionHost;
  readonly #stream: ServedStream;
  #instance: AttachedInstance | undefined;
  #resumable: ResumableSession | undefined;
  /** What it leaves to the broker, if it speaks version 2. */
  #version2: Version2Stream | undefined;
  #isLeaving = false;
  #movesAway = false;

  /** `refuse` ends the stream with an error, at once. */
  constructor(
    duplex: FrameDuplex<AttachRequest, AttachResponse>,
    host: SessionHost,
    refuse: (error: ExoError) => void,
  ) {
    this.#host = host;
    this.#stream = new ServedStream(duplex, {
      peer: "instance",
      schedule: host.schedule,
      turns: host.turns,
      owner: () => this.#instance?.role.name ?? "",
      maxUnreadBytes: host.maxUnreadBytes,
      refuse,
      register: (registration) => this.#register(registration),
      take: (frame) => host.exocom.atOnce(() => this.#take(frame, this.#instance as AttachedInstance)),
      onWritable: () => this.#instance && host.exocom.writable(this.#instance),
      gone: (firstUnwritten, why) => {
        if (this.#resumable) this.#resumable.tell = undefined;
        if (this.#instance) host.exocom.detach(this.#instance, firstUnwritten, why);
        host.ended(this);
      },
    });
  }

  /** The instance, once it is registered. */
  get instance(): AttachedInstance | undefined {
    return this.#instance;
  }

  /** What is known of the instance, once it is registered. */
  get resumable(): ResumableSession | undefined {
    return this.#resumable;
  }

  /** Whether the instance still has to move away before the broker may end its stream. */
  get isToMove(): boolean {
    return this.#movesAway && !this.#isLeaving;
  }

  /** Whether the instance goes on publishing to a broker that drains, as it does not know any better. */
  get stays(): boolean {
    return this.#instance !== undefined && !this.#movesAway;
  }

  get isWritable(): boolean {
    return this.#stream.writer.isWritable;
  }

  get queuedBytes(): number {
    return this.#stream.writer.queuedBytes;
  }

  deliver(delivery: Delivery): void {
    const { message } = delivery;
    const frame = this.#frame(message.envelope.byteLength + message.activityId.byteLength + messageOverheadBytes);
    if (frame.deliveries.length === 0) frame.firstDelivery = delivery.number;
    const seconds = Math.floor(message.timestampMs / 1000);
    const { answers, isMore } = delivery;
    const leftMs = Math.max(1, Math.ceil(delivery.expiresAtMs - this.#host.exocom.nowMs));
    frame.deliveries.push(
      newDelivery({
        name: delivery.subscription.number,
        activityId: message.activityId,
        attempt: delivery.attempt,
        replyRequest: message.replyRequest,
        request: answers,
        timestampSeconds: seconds,
        timestampNanos: Math.min(999_999_999, Math.round((message.timestampMs - seconds * 1000) * 1e6)),
        responseTimeNs: message.responseTimeNs,
        isSecurity: message.isSecurity,
        envelope: message.envelope,
        many: message.isMany,
        more: isMore,
        failures: delivery.failures,
        ...(this.#version2
          ? { deadlineMs: Math.min(longestDeadlineMs, leftMs), replyInstance: this.#host.handles.of(message.requester) }
          : {
              lifetimeMs: Number.isFinite(leftMs) ? leftMs : 0,
              requester: message.requester,
              awaiting: [...message.awaiting],
            }),
      }),
    );
    if (answers !== 0 && !isMore) this.#version2?.ended(answers, message.activityId);
  }

  undeliverable(
    request: number,
    { reason, detail, facts = {}, retryAfterMs = 0 }: Failure,
    activityId: Uint8Array = noActivity,
  ): void {
    // The facts repeat parts of the text, so they are at most as long as the text.
    const bytes = 2 * detail.length + activityId.byteLength + messageOverheadBytes;
    this.#frame(bytes).undeliverables.push(
      newUndeliverable({ request, reason, detail, activityId, facts: { ...facts }, retryAfterMs }),
    );
    this.#version2?.ended(request, activityId === noActivity ? undefined : activityId);
  }

  answered(request: number): void {
    this.#frame(5).answered.push(request);
    this.#version2?.ended(request);
  }

  unwanted(delivery: number): void {
    this.#frame(5).unwanted.push(delivery);
  }

  routes(slice: RouteSlice): void {
    this.#stream.routesFrame(messageOverheadBytes).routes = newRouteSlice({
      revision: slice.revision,
      sends: slice.sends.map(newRouteSliceSend),
      receives: slice.receives.map(newRouteSliceReceive),
    });
  }

  close(why: Failure): void {
    this.end(errorOf(why));
  }

  /** Asks the instance to attach elsewhere within `withinMs`. */
  move(withinMs: number): void {
    if (this.#instance) this.#frame(messageOverheadBytes).move = { address: "", withinMs: Math.ceil(withinMs) };
  }

  /** Ends the stream: in order, or with an error. */
  end(error?: ExoError, why?: string): void {
    this.#stream.end(error, why);
  }

  #frame(bytes: number): AttachResponse {
    return this.#stream.frame(bytes);
  }

  #register(registration: Registration): void {
    const { exocom, epoch, agent, handles } = this.#host;
    const known = this.#host.admit(registration, this);
    // By itself: what the functions below keep of the registration, they would keep with its longest texts.
    const { confirmedThrough } = registration;
    this.#resumable = known;
    const requester = known.requesterOf(registration, handles);
    const instance = exocom.attach(
      {
        role: registration.role,
        id: registration.instanceId,
        agent: cutText(registration.agent),
        window: 0,
        requester,
      },
      this,
    );
    if (!(instance instanceof Instance)) throw errorOf(instance);
    const isVersion2 = registration.protocolVersion < requesterProtocolVersion;
    if (isVersion2) this.#version2 = new Version2Stream(exocom, instance, handles);
    known.tell = (sequence, refusal) => this.#confirm([{ first: sequence, last: sequence }], refusal ? [refusal] : []);
    this.#instance = instance;
    const uncertainThrough = Math.max(known.forgottenThrough, known.unknownThrough);
    this.#movesAway = registration.protocolVersion >= movingProtocolVersion;
    this.#frame(messageOverheadBytes).attached = newAttached({
      protocolVersion: registration.protocolVersion,
      epoch,
      takenThrough: Math.max(known.takenThrough, known.unknownThrough),
      undecided: [...known.undecided],
      uncertainThrough: uncertainThrough > confirmedThrough ? uncertainThrough : 0,
      refusals: known.refusals.filter(({ sequence }) => sequence > confirmedThrough),
      instance: isVersion2 ? requester : 0,
      maxPayloadBytes: exocom.limits.maxPayloadBytes,
      agent,
    });
    this.#setWindow(registration.credit);
  }

  #setWindow(window: number): void {
    if (this.#version2) this.#version2.setWindow(window);
    else if (this.#instance) this.#host.exocom.setWindow(this.#instance, window);
  }

  #take(frame: AttachRequest, instance: AttachedInstance): void {
    const { exocom } = this.#host;
    if (frame.credit) this.#takeCredit(frame.credit, instance);
    for (const number of frame.done) {
      this.#version2?.settles(number);
      exocom.done(instance, number);
    }
    for (const settlement of frame.settlements) {
      this.#version2?.settles(settlement.delivery);
      exocom.settle(instance, settlementOf(settlement));
    }
    for (const request of frame.abandoned) {
      this.#version2?.ended(request);
      exocom.abandon(instance, request);
    }
    if (frame.publishes.length > 0) this.#publish(frame, instance);
    if (frame.topologyQuery) this.#tellTopology();
    if (frame.leave) this.#leave();
    if (this.#isLeaving && instance.deliveries.size === 0 && instance.window === 0)
      this.end(undefined, "it left in order");
  }

  #publish(frame: AttachRequest, instance: AttachedInstance): void {
    const known = this.#resumable as ResumableSession;
    // The instance knows by now what the broker had forgotten, and goes on with higher sequences.
    known.unknownThrough = 0;
    const refusals: Refusal[] = [];
    let isAwaited = false;
    let sequence = frame.firstSequence;
    this.#host.exocom.expect(frame.publishes);
    for (const publish of frame.publishes) {
      // What was taken before the connection broke comes again, and is confirmed again, but not published again.
      if (sequence > known.takenThrough) {
        this.#version2?.translate(publish);
        const refused = this.#host.exocom.publish(instance, publish);
        known.takenThrough = sequence;
        if (refused instanceof Undecided) known.holds(sequence, refused);
        else if (refused) refusals.push(refusalOf(sequence, refused));
        this.#version2?.published(publish, refused);
        // Whoever sent a request waits for the reply, and whoever replied is done; all others wait for this confirmation.
        isAwaited ||= refused !== undefined || (publish.request === 0 && publish.replyRequest === 0);
      }
      sequence += 1;
    }
    const confirmation = { first: frame.firstSequence, last: sequence - 1 };
    if (known.undecided.size > 0) this.#confirm(known.decidedOf(confirmation), refusals);
    else if (isAwaited) this.#confirm([confirmation], refusals);
    else this.#stream.unhurriedFrame(messageOverheadBytes).confirmations.push(confirmation);
    if (refusals.length > 0) known.remember(refusals);
  }

  #confirm(confirmations: readonly Confirmation[], refusals: readonly Refusal[]): void {
    if (confirmations.length === 0) return;
    const bytes = refusals.reduce(
      (sum, { detail }) => sum + detail.length + messageOverheadBytes,
      messageOverheadBytes + confirmations.length * confirmationBytes,
    );
    const response = this.#frame(bytes);
    for (const confirmation of confirmations) response.confirmations.push(confirmation);
    for (const refusal of refusals) response.refusals.push(refusal);
  }

  #tellTopology(): void {
    const topology = this.#host.topology();
    this.#frame(topologyBytes(topology)).topology = topology;
  }

  #leave(): void {
    this.#isLeaving = true;
    // What others have sent to its role, and still send until they have moved too, would find nobody else here.
    if (!this.#movesAway || !this.#host.isDraining) this.#setWindow(0);
  }

  #takeCredit({ window, failing, probes }: Credit, instance: AttachedInstance): void {
    if (failing || instance.isFailing) this.#host.exocom.setFailing(instance, failing, probes);
    this.#setWindow(window);
  }
}
