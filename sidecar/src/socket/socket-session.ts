import { emptyResponse, type FrameDuplex, FrameWriter, messageOverheadBytes } from "@exosphere/frames";
import {
  type AttachRequest,
  type AttachResponse,
  describeProtocol,
  ExoError,
  oldestProtocolVersion,
  protocolVersion,
  type Registration,
  type RouteSlice,
  type Settlement,
} from "@exosphere/proto";
import type { Incoming } from "@exosphere/sdk/link";
import { AppPublishes } from "./app-publishes.ts";
import { Confirmations } from "./confirmations.ts";
import { malformed } from "./malformed.ts";
import { ReturnPaths } from "./return-paths.ts";
import type { Ending, SessionHost } from "./session-host.ts";
import { SessionNames } from "./session-names.ts";
import { Unsettled } from "./unsettled.ts";

/** Bytes that may wait for an app that does not read: confirmations and replies, as deliveries stop earlier. */
const maxUnreadBytes = 16 * 1024 * 1024;

const endings: Readonly<Record<number, Ending>> = { 1: "done", 2: "retry", 3: "failed", 4: "dead", 5: "returned" };

/** One attach stream of the app: what the app sends goes on to the bus, what the bus has for the app comes here. */
export class SocketSession {
  readonly #host: SessionHost;
  readonly #refuse: (error: ExoError) => void;
  readonly #writer: FrameWriter<AttachResponse>;
  readonly #publishes: AppPublishes;
  readonly #names = new SessionNames();
  readonly #returnPaths = new ReturnPaths();
  readonly #unsettled = new Unsettled();
  #registration: Registration | undefined;
  #credit = 0;
  #isAttached = false;
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
    this.#writer = new FrameWriter(duplex, {
      create: emptyResponse,
      onWritable: () => host.windowChanged(this),
    });
    this.#publishes = new AppPublishes(host, {
      confirmations: new Confirmations(this.#writer),
      names: this.#names,
      returnPaths: this.#returnPaths,
      unsettled: this.#unsettled,
      reply: (reply, request) => void this.#give(reply, request),
      undeliverable: (request, { reason, detail }) => {
        this.#frame(detail.length + messageOverheadBytes).undeliverables.push({ request, reason, detail });
      },
    });
    duplex.on("data", (frame) => this.#received(frame));
    duplex.on("end", () => this.end());
    duplex.on("error", () => this.#gone());
    duplex.on("close", () => this.#gone());
  }

  /** Names the running copy of the app, once it has registered. */
  get instanceId(): string | undefined {
    return this.#registration?.instanceId;
  }

  /** Whether it is the app's place to take deliveries, rather than only to send. */
  get isConsumer(): boolean {
    return this.#isAttached && this.#host.isConsumer(this);
  }

  /** How many unsettled deliveries the app takes now: none while it does not read. */
  get window(): number {
    return this.#writer.isWritable ? this.#credit : 0;
  }

  get isIdle(): boolean {
    return this.#unsettled.size === 0;
  }

  /** The routes are there, or have changed. Takes the app in if it waited for them. */
  routes(slice: RouteSlice): void {
    if (!this.#registration) return;
    this.#frame(messageOverheadBytes).routes = this.#names.translated(slice);
    if (!this.#isAttached) this.#attach(this.#registration);
  }

  /** The bus cannot be reached. An app that was not taken in yet hears why. */
  busUnreachable(error: ExoError): void {
    if (this.#registration && !this.#isAttached) this.end(error);
  }

  /** Gives the app a message. */
  deliver(incoming: Incoming): void {
    this.#unsettled.add(this.#give(incoming, 0), incoming);
    if (!this.#writer.isWritable) this.#host.windowChanged(this);
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
      const detail = `The app does not read what it is sent: ${maxUnreadBytes} bytes wait for it.`;
      process.nextTick(() => this.end(new ExoError("RATE_LIMITED", detail)));
    }
    return this.#writer.frame(bytes);
  }

  #received(frame: AttachRequest): void {
    if (this.#isEnded) return;
    try {
      if (frame.registration) this.#register(frame.registration);
      else if (!this.#isAttached) throw malformed("The first frame of a stream carries the registration.");
      if (this.#isAttached) this.#take(frame);
    } catch (error) {
      this.end(ExoError.from(error));
    }
  }

  #register(registration: Registration): void {
    if (this.#registration) throw malformed("Only the first frame of a stream carries a registration.");
    const { protocolVersion: version, instanceId } = registration;
    if (version < oldestProtocolVersion || version > protocolVersion)
      throw malformed(`Version ${version} of the attach protocol is not served here, but ${describeProtocol()}.`);
    if (instanceId.length < 1 || instanceId.length > 255)
      throw malformed("A registration needs an instance id of 1 to 255 characters.");
    this.#registration = registration;
    this.#host.admit(registration, this);
    if (this.#host.slice) this.routes(this.#host.slice);
  }

  #attach(registration: Registration): void {
    const { epoch, agent, maxPayloadBytes } = this.#host;
    this.#isAttached = true;
    // An epoch for each stream: what a broken one left unconfirmed may be on the bus, and the app is told just that.
    this.#frame(messageOverheadBytes).attached = {
      protocolVersion: Math.min(registration.protocolVersion, protocolVersion),
      epoch: epoch(),
      takenThrough: 0,
      undecided: [],
      refusals: [],
      instance: 1,
      maxPayloadBytes,
      agent,
    };
    this.#setCredit(registration.credit);
  }

  #take(frame: AttachRequest): void {
    if (frame.credit) this.#setCredit(frame.credit.window);
    for (const number of frame.done) this.#settle(number, "done");
    for (const settlement of frame.settlements) this.#ended(settlement);
    for (const request of frame.abandoned) this.#publishes.abandon(request);
    let sequence = frame.firstSequence;
    if (frame.publishes.length > 0 && sequence < 1) throw malformed("Sequences of publishes start at 1.");
    for (const publish of frame.publishes) {
      this.#publishes.add(publish, sequence);
      sequence += 1;
    }
    if (frame.topologyQuery) this.#tellTopology();
    if (frame.leave) this.#leave();
    if (this.#isLeaving && this.isIdle) this.end();
  }

  #setCredit(window: number): void {
    // Whether the app may take deliveries at all is decided when it first asks for some.
    if (window > 0) this.#host.claim(this);
    this.#credit = window;
    this.#host.windowChanged(this);
  }

  /** Puts a message into a frame. Returns its number on this stream. */
  #give(incoming: Incoming, request: number): number {
    const { delivery, dueMs, returnPath } = incoming;
    const frame = this.#frame(delivery.envelope.byteLength + delivery.activityId.byteLength + messageOverheadBytes);
    const number = this.#unsettled.nextNumber();
    if (frame.deliveries.length === 0) frame.firstDelivery = number;
    frame.deliveries.push({
      ...delivery,
      name: this.#names.received(incoming.name),
      deadlineMs: Math.max(1, Math.ceil(dueMs - performance.now())),
      replyInstance: returnPath ? this.#returnPaths.give(returnPath) : 0,
      request,
    });
    return number;
  }

  #ended({ delivery, outcome, detail, retryAfterMs }: Settlement): void {
    const ending = endings[outcome];
    if (!ending) throw malformed(`${outcome} is not an outcome of a settlement.`);
    this.#settle(delivery, ending, detail, retryAfterMs);
  }

  #settle(number: number, ending: Ending, detail = "", retryAfterMs = 0): void {
    const taken = this.#unsettled.take(number);
    // A reply, which needs no settlement, or a delivery of an earlier time.
    if (!taken) return;
    this.#host.settle(taken.incoming, ending, detail, retryAfterMs);
    if (ending !== "returned") this.#host.observer.handled(taken.incoming.name, ending, taken.seconds);
    if (this.isIdle) this.#host.idle();
  }

  #tellTopology(): void {
    const tell = (topology: AttachResponse["topology"]) => {
      if (!this.#isEnded) this.#frame(messageOverheadBytes).topology = topology;
    };
    // The contract knows no way to refuse: a bus that cannot be reached is shown without anything in it.
    this.#host.bus.topology().then(tell, () => tell({ epoch: "", revision: 0, roles: [] }));
  }

  #leave(): void {
    this.#isLeaving = true;
    this.#setCredit(0);
  }

  /** The app is gone, or shall be. */
  #gone(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const unwritten = this.#writer.takeUnsent().find(({ deliveries }) => deliveries.length > 0)?.firstDelivery;
    // No credit first: else what is handed back would come again at once.
    this.#host.ended(this);
    this.#publishes.end();
    for (const { incoming, wasWritten } of this.#unsettled.takeAll(unwritten)) {
      if (wasWritten) this.#host.settle(incoming, "failed", "The app was lost before it settled the message.");
      else this.#host.settle(incoming, "returned");
    }
  }
}
