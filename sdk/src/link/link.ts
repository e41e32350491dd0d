import { messageOverheadBytes } from "@exosphere/frames";
import {
  type AttachResponse,
  ExoError,
  type Publish,
  protocolVersion,
  type Registration,
  type Settlement,
  type Topology,
} from "@exosphere/proto";
import { Backoff } from "./backoff.ts";
import { Connection } from "./connection.ts";
import { type Forwarded, publishOfForwarded } from "./forwarded.ts";
import { Incoming, textOf } from "./incoming.ts";
import { type LinkConfig, type LinkOptions, linkConfig } from "./link-config.ts";
import type { LinkStatus } from "./link-status.ts";
import { NameTable } from "./name-table.ts";
import { Outbox, type OutboxEntry } from "./outbox.ts";
import type { Accepted, Outgoing } from "./outgoing.ts";
import { publishOf } from "./publish-of.ts";
import { type Answered, ReplyMux } from "./reply-mux.ts";
import { brokerUnavailable, errorOfRefusal, isLasting, tooManyRequests } from "./wire-error.ts";

/** How long a sender that does not say waits for the bus to accept its message, in milliseconds. CONTRACTS section 4. */
const defaultDeadlineMs = 30_000;

/** How much longer than its bus deadline a request that is passed on stays open, in milliseconds: its app ends it first. */
const forwardedGraceMs = 1_000;

/** How an instance can end a delivery: the contract's outcomes. */
export const outcomes = { done: 1, retry: 2, failed: 3, dead: 4, returned: 5 } as const;

/** What the owner of a link is told. */
export interface LinkEvents {
  /** A message for the app. It must be settled. */
  delivery(incoming: Incoming): void;
  status?(status: LinkStatus): void;
}

/**
 * One instance's place on the bus: attaches, and attaches again, fails over, resends what was not confirmed, and brings
 * replies to those who wait. Its calls take callbacks, because a promise per message is what makes other buses slow.
 */
export class Link {
  readonly #config: LinkConfig;
  readonly #events: LinkEvents;
  readonly #outbox: Outbox;
  readonly #mux: ReplyMux;
  readonly #backoff: Backoff;
  readonly #topologyWaiters: ((topology: Topology | undefined) => void)[] = [];
  #connection: Connection | undefined;
  #names: NameTable | undefined;
  /** What was sent before this connection has been dealt with: the next may go out. */
  #isReady = false;
  #epoch = "";
  #window: number;
  #broker = 0;
  #retry: NodeJS.Timeout | undefined;
  #lastError = brokerUnavailable("No broker has been reached yet. Is it running?");
  #isDraining = false;
  #hasLeft = false;
  #isClosed = false;
  #onDrained: (() => void) | undefined;

  constructor(options: LinkOptions, events: LinkEvents) {
    this.#config = linkConfig(options);
    this.#events = events;
    this.#window = this.#config.window;
    this.#backoff = new Backoff(this.#config);
    const whyAway = () => (this.isAttached ? "The broker did not confirm in time." : this.#lastError.detail);
    this.#outbox = new Outbox(this.#config, whyAway, () => this.#leaveIfDone());
    this.#mux = new ReplyMux((request) => this.#abandoned(request.number));
    this.#connect();
  }

  /** Whether the broker has taken this instance in. */
  get isAttached(): boolean {
    return this.#connection?.attached !== undefined;
  }

  /** What the role may send and receive, as far as a broker has said. Kept while the broker is away. */
  get names(): NameTable | undefined {
    return this.#names;
  }

  /** Why the broker cannot be reached, when it cannot. */
  get lastError(): ExoError {
    return this.#lastError;
  }

  /** What waits for the broker: for metrics. */
  get pending(): { readonly messages: number; readonly bytes: number; readonly requests: number } {
    return { messages: this.#outbox.messages, bytes: this.#outbox.bytes, requests: this.#mux.size };
  }

  /** Sends a message. `accepted` is called once: when the bus has it, or when it will not. */
  send(message: Outgoing, accepted: Accepted): void {
    const refused = this.#refusalOf(message.name);
    if (refused) accepted(refused);
    else this.#publish(message, publishOf(message, 0, message.deadlineMs), accepted);
  }

  /** Sends a message and waits for the reply. Returns the number by which the request can be abandoned. */
  request(message: Outgoing, answered: Answered): number {
    const { name, id, activityId } = message;
    const refused = this.#refusalOf(name);
    if (refused) {
      answered(refused, undefined);
      return 0;
    }
    const deadlineMs = message.deadlineMs || defaultDeadlineMs;
    const request = this.#mux.open({
      name,
      id,
      activityId,
      deadlineMs,
      dueMs: performance.now() + deadlineMs,
      answered,
    });
    if (!request) {
      answered(tooManyRequests(), undefined);
      return 0;
    }
    const busDeadlineMs = Math.max(1, Math.floor(deadlineMs - marginOf(deadlineMs)));
    this.#publish(message, publishOf(message, request.number, busDeadlineMs), (error) => {
      if (error) this.#mux.fail(request.number, error);
    });
    return request.number;
  }

  /**
   * Passes on a message that was encoded elsewhere. With `answered` it is a request: its number is returned, and if the bus
   * does not accept it, only `accepted` is told.
   */
  forward(message: Forwarded, accepted: Accepted, answered?: Answered): number {
    const { name } = message;
    const refused = this.#refusalOf(name);
    const deadlineMs = message.deadlineMs || defaultDeadlineMs;
    const dueMs = performance.now() + deadlineMs + forwardedGraceMs;
    const activityId = answered ? textOf(message.activityId) : "";
    const request =
      answered && !refused ? this.#mux.open({ name, id: "", activityId, deadlineMs, dueMs, answered }) : undefined;
    if (refused || (answered && !request)) {
      accepted(refused ?? tooManyRequests());
      return 0;
    }
    const number = request?.number ?? 0;
    this.#publish(message, publishOfForwarded(message, number, this.#connection), (error) => {
      if (error && number !== 0) this.#mux.abandon(number);
      accepted(error);
    });
    return number;
  }

  /** The caller of a request no longer waits. */
  abandon(request: number): void {
    if (this.#mux.abandon(request)) this.#abandoned(request);
  }

  /** A delivery is dealt with. */
  done(incoming: Incoming): void {
    if (incoming.connection !== this.#connection) return;
    this.#connection.writer.frame(5).done.push(incoming.number);
  }

  /** A delivery ended in another way. */
  settle(incoming: Incoming, settlement: Omit<Settlement, "delivery">): void {
    if (incoming.connection !== this.#connection) return;
    const frame = this.#connection.writer.frame(settlement.detail.length + messageOverheadBytes);
    frame.settlements.push({ ...settlement, delivery: incoming.number });
  }

  /** How many unsettled deliveries this instance takes from now on. */
  setWindow(window: number): void {
    if (window === this.#window) return;
    this.#window = window;
    if (this.#connection?.attached) this.#connection.writer.frame(10).credit = { window };
  }

  /** The whole bus at this moment. Fails with BROKER_UNAVAILABLE while it is away. */
  topology(): Promise<Topology> {
    const connection = this.#connection;
    if (!connection?.attached) return Promise.reject(this.#lastError);
    connection.writer.frame(5).topologyQuery = {};
    return new Promise((resolve, reject) => {
      this.#topologyWaiters.push((topology) => (topology ? resolve(topology) : reject(this.#lastError)));
    });
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
    this.#leaveIfDone();
    return drained.then(() => this.close());
  }

  /** Ends at once. What waits is refused. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#retry);
    const error = new ExoError("DRAINING", "This process is shutting down.");
    this.#connection?.cancel(error);
    this.#outbox.close(error);
    this.#mux.close(error);
    this.#events.status?.({ kind: "closed" });
    this.#onDrained?.();
  }

  #publish(message: Pick<Outgoing, "name" | "returnPath">, publish: Publish, accepted: Accepted): void {
    const entry: OutboxEntry = {
      name: message.name,
      publish,
      bytes: publish.envelope.byteLength + publish.activityId.byteLength + messageOverheadBytes,
      dueMs: performance.now() + (publish.deadlineMs || defaultDeadlineMs),
      returnEpoch: message.returnPath?.epoch ?? "",
      accepted,
      sequence: 0,
    };
    const connection = this.#connection;
    const isNext = !this.#outbox.hasWaiting && this.#isReady && connection?.writer.isWritable;
    const full = this.#outbox.add(entry, !isNext);
    if (full) return accepted(full);
    if (isNext) this.#write(entry, connection);
    else this.#writeWaiting();
  }

  #refusalOf(name: string): ExoError | undefined {
    if (this.#isClosed || this.#isDraining) return new ExoError("DRAINING", "This process is shutting down.");
    const refused = this.#names?.refusalOf(name);
    if (refused) return refused;
    // Not attached for a reason that waiting does not mend: said at once.
    return !this.isAttached && isLasting(this.#lastError) ? this.#lastError : undefined;
  }

  #write(entry: OutboxEntry, connection: Connection): void {
    const names = this.#names as NameTable;
    const number = names.numberOf(entry.name);
    if (number === 0) return this.#outbox.refuse(entry, names.refusalOf(entry.name) as ExoError);
    const { publish } = entry;
    publish.name = number;
    if (entry.returnEpoch !== this.#epoch) {
      // Another life of the broker knows nothing of that request; the activity still leads the reply to its instance.
      publish.replyInstance = 0;
      publish.replyRequest = 0;
    }
    const sequence = this.#outbox.sent(entry);
    let frame = connection.writer.frame(entry.bytes);
    if (frame.publishes.length === 0) frame.firstSequence = sequence;
    else if (frame.firstSequence + frame.publishes.length !== sequence) {
      frame = connection.writer.nextFrame(entry.bytes);
      frame.firstSequence = sequence;
    }
    frame.publishes.push(publish);
  }

  #writeWaiting(): void {
    const connection = this.#connection;
    if (!connection || !this.#isReady || !this.#outbox.hasWaiting) return;
    const now = performance.now();
    for (const entry of this.#outbox.waiting()) {
      if (!connection.writer.isWritable) return;
      // Time has passed since it was sent.
      if (entry.publish.deadlineMs > 0) entry.publish.deadlineMs = Math.max(1, Math.ceil(entry.dueMs - now));
      this.#write(entry, connection);
    }
  }

  #abandoned(request: number): void {
    if (this.#connection?.attached) this.#connection.writer.frame(5).abandoned.push(request);
    this.#leaveIfDone();
  }

  #connect(): void {
    if (this.#isClosed) return;
    const { brokers } = this.#config;
    const address = brokers[this.#broker % brokers.length] as string;
    this.#connection = new Connection(address, this.#registration(), this.#config, {
      frame: (frame, connection) => this.#received(frame, connection),
      writable: () => this.#writeWaiting(),
      closed: (error, connection) => this.#closed(ExoError.from(error), connection),
    });
  }

  #registration(): Registration {
    const { role, instanceId, token, agent } = this.#config;
    return {
      protocolVersion,
      role,
      instanceId,
      token,
      agent,
      credit: this.#window,
      confirmedThrough: this.#outbox.confirmedThrough,
      epoch: this.#epoch,
    };
  }

  #closed(error: ExoError, connection: Connection): void {
    if (connection !== this.#connection) return;
    this.#connection = undefined;
    this.#isReady = false;
    this.#lastError = error;
    const unsent = new Set<number>();
    for (const { firstSequence, publishes } of connection.writer.takeUnsent()) {
      publishes.forEach((_, index) => {
        unsent.add(firstSequence + index);
      });
    }
    this.#outbox.rewind(unsent);
    if (isLasting(error)) this.#outbox.refuseWaiting(error);
    for (const waiter of this.#topologyWaiters.splice(0)) waiter(undefined);
    if (this.#isClosed) return;
    if (this.#hasLeft) return this.#onDrained?.();
    if (connection.attached) this.#backoff.reset();
    this.#broker += 1;
    const retryMs = this.#backoff.next();
    this.#events.status?.({ kind: "detached", broker: connection.address, error, retryMs });
    this.#retry = setTimeout(() => this.#connect(), retryMs);
    this.#leaveIfDone();
  }

  #received(frame: AttachResponse, connection: Connection): void {
    if (connection !== this.#connection) return;
    if (frame.routes) this.#names = new NameTable(this.#config.role, frame.routes);
    if (frame.attached) this.#attached(connection);
    if (frame.routes) this.#events.status?.({ kind: "routes", revision: frame.routes.revision });
    this.#confirmed(frame);
    if (frame.deliveries.length > 0) this.#delivered(frame, connection);
    for (const { request, reason, detail } of frame.undeliverables)
      this.#mux.fail(request, ExoError.fromWire(reason, detail));
    if (frame.topology) for (const waiter of this.#topologyWaiters.splice(0)) waiter(frame.topology);
    if (frame.move) this.#events.status?.({ kind: "move", withinMs: frame.move.withinMs });
    if (this.#isDraining) this.#leaveIfDone();
  }

  #attached(connection: Connection): void {
    const attached = connection.attached as NonNullable<Connection["attached"]>;
    const { epoch, refusals, agent } = attached;
    if (epoch !== this.#epoch) this.#outbox.giveUpUncertain();
    else {
      const bySequence = new Map(refusals.map((refusal) => [refusal.sequence, errorOfRefusal(refusal)]));
      this.#outbox.settleTaken(attached, (sequence) => bySequence.get(sequence));
    }
    this.#epoch = epoch;
    this.#isReady = true;
    if (connection.registeredWindow !== this.#window) connection.writer.frame(10).credit = { window: this.#window };
    this.#writeWaiting();
    this.#events.status?.({ kind: "attached", broker: connection.address, agent });
  }

  #confirmed({ refusals, confirmations }: AttachResponse): void {
    for (const refusal of refusals) this.#outbox.settle(refusal.sequence, errorOfRefusal(refusal));
    for (const { first, last } of confirmations) this.#outbox.settleRun(first, last);
    if (confirmations.length > 0) this.#writeWaiting();
  }

  #delivered({ deliveries, firstDelivery }: AttachResponse, connection: Connection): void {
    let number = firstDelivery;
    for (const delivery of deliveries) {
      const name = this.#names?.nameOf(delivery.name) ?? "";
      const incoming = new Incoming({ name, number, delivery, epoch: this.#epoch, connection });
      number = number === 0xffff_ffff ? 1 : number + 1;
      if (!incoming.isReadable)
        this.settle(incoming, { outcome: outcomes.dead, retryAfterMs: 0, detail: "Its envelope cannot be decoded." });
      // That a reply arrived is news to nobody: the broker only lets go of it.
      else if (this.#mux.take(incoming)) connection.writer.unhurriedFrame(5).done.push(incoming.number);
      else if (incoming.request !== 0)
        this.settle(incoming, { outcome: outcomes.returned, retryAfterMs: 0, detail: "" });
      else this.#events.delivery(incoming);
    }
  }

  #leaveIfDone(): void {
    if (!this.#isDraining || this.#hasLeft || this.#outbox.messages > 0 || this.#mux.size > 0) return;
    const connection = this.#connection;
    if (!connection?.attached) return this.#onDrained?.();
    this.#hasLeft = true;
    connection.writer.frame(5).leave = {};
  }
}

/**
 * What waits at the broker expires a little earlier than the caller gives up, so that the caller hears why: a tenth of the
 * deadline, at most 100 ms, and at least 48 ms, as the broker's timers may be 32 ms late; but never more than half of it.
 */
function marginOf(deadlineMs: number): number {
  return Math.min(deadlineMs / 2, Math.max(48, Math.min(100, deadlineMs / 10)));
}
