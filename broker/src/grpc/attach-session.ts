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
  type Credit,
  type ExoError,
  newAttached,
  newMove,
  newRouteSlice,
  newRouteSliceReceive,
  newRouteSliceSend,
  newUndeliverable,
  type Registration,
  type Topology,
} from "@exosphere/proto";
import type { AttachedInstance } from "../core/attachments.ts";
import type { Delivery } from "../core/delivery.ts";
import type { Exocom } from "../core/exocom.ts";
import type { Failure } from "../core/failure.ts";
import { Instance } from "../core/instance.ts";
import type { Link } from "../core/link.ts";
import type { RouteSlice } from "../core/route-slice.ts";
import { deliveryOf } from "./delivery-form.ts";
import { errorOf } from "./failures.ts";
import type { ResumableSession } from "./resumable-sessions.ts";
import { SessionPublishes } from "./session-publishes.ts";
import { settlementOf } from "./settlements.ts";
import { checkCredit, checkSupported } from "./unsupported.ts";

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
  topology(): Topology;
  /** The broker shuts down: instances that leave still take what is left for them. */
  readonly isDraining: boolean;
  /** The session has ended, however it did. */
  ended(session: AttachSession): void;
}

const noActivity = new Uint8Array();

/**
 * The part of what may wait for an instance that replies may take. Who makes up return paths, or answers faster than the instance reads, is
 * refused then, before the stream of the instance would end.
 */
const repliesPart = 3 / 4;

/** One attach stream: turns frames into calls of the core, and what the core has for the instance into frames. */
export class AttachSession implements Link {
  readonly #host: SessionHost;
  readonly #stream: ServedStream;
  #instance: AttachedInstance | undefined;
  #resumable: ResumableSession | undefined;
  #publishes: SessionPublishes | undefined;
  #isLeaving = false;
  /** It gets no more work, whatever its window. */
  #isClosed = false;

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
      take: (frame) => host.exocom.clock.during(() => this.#take(frame, this.#instance as AttachedInstance)),
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
    return this.#instance !== undefined && !this.#isLeaving;
  }

  get isWritable(): boolean {
    return this.#stream.writer.isWritable;
  }

  get takesReplies(): boolean {
    return this.#stream.writer.unreadBytes < this.#host.maxUnreadBytes * repliesPart;
  }

  get queuedBytes(): number {
    return this.#stream.writer.queuedBytes;
  }

  deliver(delivery: Delivery): void {
    const { envelope, activityId } = delivery.message;
    const frame = this.#stream.frame(envelope.byteLength + activityId.byteLength + messageOverheadBytes);
    if (frame.deliveries.length === 0) frame.firstDelivery = delivery.number;
    frame.deliveries.push(deliveryOf(delivery, this.#host.exocom.clock.nowMs()));
  }

  undeliverable(
    request: number,
    { reason, detail, facts = {}, retryAfterMs = 0 }: Failure,
    activityId: Uint8Array = noActivity,
  ): void {
    // The facts repeat parts of the text, so they are at most as long as the text.
    const bytes = 2 * detail.length + activityId.byteLength + messageOverheadBytes;
    const failure = { request, reason, detail, activityId, facts: { ...facts }, retryAfterMs };
    this.#stream.frame(bytes).undeliverables.push(newUndeliverable(failure));
  }

  answered(request: number): void {
    this.#stream.frame(5).answered.push(request);
  }

  unwanted(delivery: number): void {
    this.#stream.frame(5).unwanted.push(delivery);
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

  /** Asks the instance to attach elsewhere within `withinMs`. `detail` says why, if not because this broker shuts down. */
  move(withinMs: number, detail = ""): void {
    if (this.#instance)
      this.#stream.frame(messageOverheadBytes).move = newMove({ withinMs: Math.ceil(withinMs), detail });
  }

  /** Ends the stream: in order, or with an error. */
  end(error?: ExoError, why?: string): void {
    this.#stream.end(error, why);
  }

  #register(registration: Registration): void {
    const { exocom, epoch, agent } = this.#host;
    checkSupported(registration);
    const known = this.#host.admit(registration, this);
    // By itself: what the functions below keep of the registration, they would keep with its longest texts.
    const { confirmedThrough } = registration;
    this.#resumable = known;
    const instance = exocom.attach(
      {
        role: registration.role,
        id: registration.instanceId,
        agent: cutText(registration.agent),
        window: 0,
        requester: known.requester,
      },
      this,
    );
    if (!(instance instanceof Instance)) throw errorOf(instance);
    this.#publishes = new SessionPublishes({ exocom, stream: this.#stream, instance, session: known });
    this.#instance = instance;
    const uncertainThrough = Math.max(known.forgottenThrough, known.unknownThrough);
    this.#stream.frame(messageOverheadBytes).attached = newAttached({
      protocolVersion: registration.protocolVersion,
      epoch,
      takenThrough: Math.max(known.takenThrough, known.unknownThrough),
      undecided: [...known.undecided],
      uncertainThrough: uncertainThrough > confirmedThrough ? uncertainThrough : 0,
      refusals: known.refusals.filter(({ sequence }) => sequence > confirmedThrough),
      maxPayloadBytes: exocom.limits.maxPayloadBytes,
      agent,
    });
    exocom.setWindow(instance, registration.credit);
  }

  #take(frame: AttachRequest, instance: AttachedInstance): void {
    const { exocom } = this.#host;
    if (frame.credit) this.#takeCredit(frame.credit, instance);
    for (const number of frame.done) exocom.done(instance, number);
    for (const settlement of frame.settlements) exocom.settle(instance, settlementOf(settlement));
    for (const request of frame.abandoned) exocom.abandon(instance, request);
    if (frame.publishes.length > 0) this.#publishes?.take(frame);
    if (frame.topologyQuery) this.#tellTopology();
    if (frame.leave) this.#leave(instance);
    if (this.#isLeaving && instance.deliveries.size === 0 && instance.window === 0)
      this.end(undefined, "it left in order");
  }

  #tellTopology(): void {
    const topology = this.#host.topology();
    this.#stream.frame(topologyBytes(topology)).topology = topology;
  }

  #leave(instance: AttachedInstance): void {
    this.#isLeaving = true;
    // What others have sent to its role, and still send until they have moved too, would find nobody else here.
    if (this.#host.isDraining) return;
    this.#isClosed = true;
    this.#host.exocom.setWindow(instance, 0);
  }

  #takeCredit(credit: Credit, instance: AttachedInstance): void {
    checkCredit(credit);
    const { window, failing, probes } = credit;
    if (failing || instance.isFailing) this.#host.exocom.setFailing(instance, failing, probes);
    // A handler that waits for a reply raises the window of its instance, also while that leaves.
    if (!this.#isClosed) this.#host.exocom.setWindow(instance, window);
  }
}
