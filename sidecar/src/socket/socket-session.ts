import { performance } from "node:perf_hooks";
import { type FrameDuplex, messageOverheadBytes, ServedStream, topologyBytes } from "@exosphere/frames";
import { type Incoming, wireFailureOf } from "@exosphere/link";
import {
  type AttachRequest,
  type AttachResponse,
  describeProtocol,
  type ExoError,
  newAttached,
  newUndeliverable,
  oldestProtocolVersion,
  protocolVersion,
  type Registration,
  type RouteSlice,
  type Topology,
} from "@exosphere/proto";
import { AppDeliveries } from "./app-deliveries.ts";
import { AppPublishes } from "./app-publishes.ts";
import { Confirmations } from "./confirmations.ts";
import { malformed } from "./malformed.ts";
import type { SessionHost } from "./session-host.ts";
import { SessionNames } from "./session-names.ts";

/** One attach stream of the app: what the app sends goes on to the bus, what the bus has for the app comes here. */
export class SocketSession {
  readonly #host: SessionHost<SocketSession>;
  readonly #stream: ServedStream;
  readonly #publishes: AppPublishes;
  readonly #deliveries: AppDeliveries;
  readonly #names = new SessionNames();
  #registration: Registration | undefined;
  #credit = 0;
  /** When the last frame came from the app, in milliseconds: what is in it is of one moment, and a clock costs as much as a message's name. */
  #frameMs = 0;
  #isAttached = false;
  #isLeaving = false;

  /** `refuse` ends the stream with an error, at once. */
  constructor(
    duplex: FrameDuplex<AttachRequest, AttachResponse>,
    host: SessionHost<SocketSession>,
    refuse: (error: ExoError) => void,
  ) {
    this.#host = host;
    this.#stream = new ServedStream(duplex, {
      peer: "app",
      maxUnreadBytes: host.maxUnreadBytes,
      refuse,
      register: (registration) => this.#register(registration),
      take: (frame) => this.#take(frame),
      onWritable: () => host.windowChanged(this),
      gone: (firstUnwritten) => this.#gone(firstUnwritten),
    });
    this.#deliveries = new AppDeliveries(host, { stream: this.#stream, names: this.#names });
    this.#publishes = new AppPublishes(host, {
      confirmations: new Confirmations(this.#stream),
      names: this.#names,
      reply: (reply, request) => this.#deliveries.reply(reply, request),
      answered: (request) => this.#frame(5).answered.push(request),
      undeliverable: (request, error) => {
        const failure = wireFailureOf(error);
        const { undeliverables } = this.#frame(2 * error.detail.length + messageOverheadBytes);
        // The sidecar has checked the activity: it stands for the request as it is.
        undeliverables.push(newUndeliverable({ ...failure, request }));
      },
    });
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
    return this.#stream.writer.isWritable ? this.#credit : 0;
  }

  /** Bytes that wait for the app. */
  get queuedBytes(): number {
    return this.#stream.writer.queuedBytes;
  }

  get isIdle(): boolean {
    return this.#deliveries.areSettled;
  }

  /** The routes are there, or have changed. Takes the app in if it waited for them. */
  routes(slice: RouteSlice): void {
    if (!this.#registration) return;
    this.#stream.routesFrame(messageOverheadBytes).routes = this.#names.translated(slice);
    if (!this.#isAttached) this.#attach(this.#registration);
  }

  /** The bus cannot be reached. An app that was not taken in yet hears why. */
  busUnreachable(error: ExoError): void {
    if (this.#registration && !this.#isAttached) this.end(error);
  }

  /** Gives the app a message. */
  deliver(incoming: Incoming): void {
    this.#deliveries.deliver(incoming);
    if (!this.#stream.writer.isWritable) this.#host.windowChanged(this);
  }

  /** Whoever sent a message that the app has takes no more replies. */
  unwanted(incoming: number): void {
    this.#deliveries.unwanted(incoming);
  }

  /** Ends the stream: in order, or with an error. */
  end(error?: ExoError): void {
    this.#stream.end(error);
  }

  #frame(bytes: number): AttachResponse {
    return this.#stream.frame(bytes);
  }

  #register(registration: Registration): void {
    const { protocolVersion: version, instanceId } = registration;
    if (version < oldestProtocolVersion || version > protocolVersion)
      throw malformed(`Version ${version} of the attach protocol is not served here, but ${describeProtocol()}.`);
    if (instanceId.length < 1 || instanceId.length > 255)
      throw malformed("A registration needs an instance id of 1 to 255 characters.");
    if (registration.working.length > 0 || registration.settled.length > 0)
      throw malformed("This sidecar gives out no durable deliveries: there are none of an earlier stream.");
    this.#registration = registration;
    this.#host.admit(registration, this);
    if (this.#host.slice) this.routes(this.#host.slice);
  }

  #attach(registration: Registration): void {
    const { epoch, agent, maxPayloadBytes } = this.#host;
    this.#isAttached = true;
    // An epoch for each stream: what a broken one left unconfirmed may be on the bus, and the app is told just that.
    this.#frame(messageOverheadBytes).attached = newAttached({
      protocolVersion: registration.protocolVersion,
      epoch: epoch(),
      maxPayloadBytes,
      agent,
    });
    this.#setCredit(registration.credit);
  }

  #take(frame: AttachRequest): void {
    if (!this.#isAttached) {
      if (frame.registration) return;
      throw malformed("This stream has not been answered yet: nothing may follow its registration before that.");
    }
    this.#frameMs = performance.now();
    // A handler that waits for a reply raises the window of its app, also of one that leaves.
    if (frame.credit && !this.#isLeaving) this.#setCredit(frame.credit.window);
    this.#deliveries.settle(frame, this.#frameMs);
    for (const request of frame.abandoned) this.#publishes.abandon(request);
    let sequence = frame.firstSequence;
    for (const publish of frame.publishes) {
      this.#publishes.add(publish, sequence, this.#frameMs);
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

  #tellTopology(): void {
    const tell = (topology: Topology) => {
      if (!this.#stream.isEnded) this.#frame(topologyBytes(topology)).topology = topology;
    };
    // The contract knows no way to refuse: a bus that cannot be reached is shown without anything in it.
    this.#host.bus.topology().then(tell, () => tell({ epoch: "", revision: 0, roles: [] }));
  }

  #leave(): void {
    this.#isLeaving = true;
    this.#setCredit(0);
  }

  /** The app is gone, or shall be. */
  #gone(firstUnwritten: number | undefined): void {
    // No credit first: else what is handed back would come again at once.
    this.#host.ended(this);
    this.#publishes.end();
    this.#deliveries.giveBack(firstUnwritten);
  }
}
