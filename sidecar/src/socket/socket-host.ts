import { randomUUID } from "node:crypto";
import { anyVersion, type FrameDuplex, Version2Peers } from "@exosphere/frames";
import type { Ending, Incoming, LinkStatus } from "@exosphere/link";
import {
  type AttachRequest,
  type AttachResponse,
  ExoError,
  type Registration,
  type RouteSlice,
} from "@exosphere/proto";
import type { Log } from "@exosphere/telemetry";
import type { Consumer } from "../core/consumer.ts";
import type { Refuse, SessionHost, SocketBus, SocketObserver } from "./session-host.ts";
import { SocketSession } from "./socket-session.ts";

/** How long a stream may be open without having registered, in milliseconds. */
const registrationMs = 10_000;

/** What serving the app's streams needs. */
export interface SocketHostOptions {
  readonly role: string;
  readonly agent: string;
  readonly maxPayloadBytes: number;
  readonly bus: SocketBus;
  readonly observer: SocketObserver;
  readonly consumer: Consumer;
  /** The role's routes, once a broker has told them. */
  readonly slice: () => RouteSlice | undefined;
  readonly settle: SessionHost<SocketSession>["settle"];
  /** How many unsettled deliveries the app takes from now on. */
  readonly onWindow: (window: number) => void;
  readonly log: Log;
  /** Streams at once. Default 100. */
  readonly maxStreams?: number;
  /** Bytes that may wait for an app that does not read, before its stream ends. Default 16 MiB. */
  readonly maxUnreadBytes?: number | undefined;
}

/** All attach streams of the app of this sidecar. Any may send; one at a time takes deliveries. */
export class SocketHost implements SessionHost<SocketSession> {
  readonly #options: SocketHostOptions;
  readonly #sessions = new Set<SocketSession>();
  /** Apps with the SDK of the release before. */
  readonly #version2 = new Version2Peers();
  /** Streams that were refused, or ended with an error. */
  failures = 0;
  #consumer: SocketSession | undefined;
  #isDraining = false;
  #onIdle: (() => void) | undefined;

  constructor(options: SocketHostOptions) {
    this.#options = options;
  }

  get bus(): SocketBus {
    return this.#options.bus;
  }

  get observer(): SocketObserver {
    return this.#options.observer;
  }

  get agent(): string {
    return this.#options.agent;
  }

  get maxPayloadBytes(): number {
    return this.#options.maxPayloadBytes;
  }

  get slice(): RouteSlice | undefined {
    return this.#options.slice();
  }

  get maxUnreadBytes(): number | undefined {
    return this.#options.maxUnreadBytes;
  }

  /** Streams that are open. */
  get streams(): number {
    return this.#sessions.size;
  }

  /** Requesters that streams of version 2 know by handles. */
  get version2Requesters(): number {
    return this.#version2.handles.size;
  }

  /** Bytes that wait for an app that does not read. */
  get queuedBytes(): number {
    let sum = 0;
    for (const session of this.#sessions) sum += session.queuedBytes;
    return sum;
  }

  /** Whether an app takes deliveries here. */
  get hasConsumer(): boolean {
    return this.#consumer !== undefined;
  }

  /** Takes a new stream. `refuse` ends it with an error. */
  accept(duplex: FrameDuplex<AttachRequest, AttachResponse>, refuse: Refuse): void {
    if (this.#isDraining) return refuse(new ExoError("DRAINING", "This sidecar is shutting down. Attach later."));
    const { maxStreams = 100 } = this.#options;
    if (this.#sessions.size >= maxStreams) {
      this.failures += 1;
      const detail = `This sidecar has ${maxStreams} attach streams already: end some first, or raise --max-socket-streams.`;
      return refuse(new ExoError("RATE_LIMITED", detail, { retryAfterMs: 1000, facts: { limit: maxStreams } }));
    }
    const { log } = this.#options;
    const session = new SocketSession(anyVersion(duplex, this.#version2), this, (error) => {
      // The stack of a broker that is away is in the log already, and apps try again every second.
      const err = error.reason === "BROKER_UNAVAILABLE" ? undefined : error.cause;
      log.warn(
        { reason: error.reason, id: error.facts.id, err },
        `refused an attachment by the socket: ${error.detail}`,
      );
      this.failures += 1;
      refuse(error);
    });
    this.#sessions.add(session);
    const overdue = () => {
      if (session.instanceId === undefined)
        session.end(new ExoError("INVALID_MESSAGE", "No registration came on this stream."));
    };
    setTimeout(overdue, registrationMs).unref();
  }

  /** A stream has ended with an error before there was a frame to tell it by. */
  failed({ reason, detail }: ExoError): void {
    this.failures += 1;
    this.#options.log.warn({ reason }, `a stream on the socket has failed: ${detail}`);
  }

  /** Gives a message to the app, or back if there is none. */
  deliver(incoming: Incoming): void {
    if (this.#consumer) {
      this.#options.consumer.confirm();
      this.#consumer.deliver(incoming);
    } else this.settle(incoming, "returned");
  }

  /** Whoever sent a message that the app has takes no more replies. */
  unwanted(number: number): void {
    this.#consumer?.unwanted(number);
  }

  /** What happens to the link to the bus, as it happens. */
  busChanged(status: LinkStatus): void {
    const { slice } = this;
    for (const session of [...this.#sessions]) {
      if (status.kind === "routes" && slice) session.routes(slice);
      else if (status.kind === "detached") session.busUnreachable(status.error);
    }
  }

  /** Takes no new streams. Resolves once the app has settled everything that it was given, or `deadline` fires. */
  async idled(deadline: AbortSignal): Promise<void> {
    this.#isDraining = true;
    if (!this.#consumer || this.#consumer.isIdle || deadline.aborted) return;
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
      deadline.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  /** Ends every stream. */
  close(): void {
    this.#isDraining = true;
    for (const session of [...this.#sessions]) session.end();
  }

  epoch(): string {
    return randomUUID();
  }

  admit({ role, instanceId }: Registration, session: SocketSession): void {
    if (role !== this.#options.role) {
      const detail = `This is the sidecar of role '${this.#options.role}', not of '${role}'. Attach with that role, or to the other's sidecar.`;
      throw new ExoError("NOT_ALLOWED", detail, { facts: { role } });
    }
    // The same instance again: its old connection broke without anybody having noticed yet.
    for (const other of [...this.#sessions]) if (other !== session && other.instanceId === instanceId) other.end();
  }

  claim(session: SocketSession): void {
    if (this.#consumer === session) return;
    if (!this.#options.consumer.claim("socket")) {
      throw new ExoError(
        "NOT_ALLOWED",
        "This sidecar gives its deliveries to the app by HTTP, and has one kind of consumer. Attach without credit to send only, or start it without --app.",
      );
    }
    if (this.#consumer)
      throw new ExoError("NOT_ALLOWED", "Another process takes this sidecar's deliveries. Start a sidecar for each.");
    this.#consumer = session;
    this.#options.log.info("the app takes its deliveries by the socket");
  }

  isConsumer(session: SocketSession): boolean {
    return this.#consumer === session;
  }

  windowChanged(session: SocketSession): void {
    if (session === this.#consumer) this.#options.onWindow(session.window);
  }

  settle(incoming: Incoming, ending: Ending, detail?: string, retryAfterMs?: number): void {
    this.#options.settle(incoming, ending, detail, retryAfterMs);
  }

  idle(): void {
    this.#onIdle?.();
  }

  ended(session: SocketSession): void {
    this.#sessions.delete(session);
    if (session !== this.#consumer) return;
    this.#consumer = undefined;
    this.#options.log.info("the app has left the socket");
    this.#options.onWindow(0);
    this.#options.consumer.release("socket");
    this.#onIdle?.();
  }
}
