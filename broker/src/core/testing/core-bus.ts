import type { AttachOptions, Ending, Names, Participant, Received, Sent, Undelivered } from "../../contract/driver.ts";
import { numberOf, publishOf } from "../../contract/publish-of.ts";
import { WaitingHandlers } from "../../contract/waiting-handlers.ts";
import { envelopes } from "../../envelopes.ts";
import type { AttachedInstance } from "../attachments.ts";
import type { Delivery } from "../delivery.ts";
import { Exocom } from "../exocom.ts";
import type { Failure } from "../failure.ts";
import { Instance } from "../instance.ts";
import type { Limits } from "../limits.ts";
import type { Link } from "../link.ts";
import type { Observer } from "../observer.ts";
import type { RouteSlice } from "../route-slice.ts";
import { Undecided } from "../undecided.ts";
import { ExocomBus } from "./exocom-bus.ts";
import { type RouteSketch, routesOf } from "./routes.ts";

/** Deliveries that a stalled link takes before it is full. */
const stalledRoom = 4;
/** Beyond 32 bits, as keys are. */
const firstRequester = 2 ** 40;
const decoder = new TextDecoder();

/** An instance at a bare core: everything happens at once, and nothing is encoded. */
export class CoreParticipant implements Participant, Link {
  readonly inbox: Received[] = [];
  /** As the test says. */
  takesReplies = true;
  readonly #undelivered: Undelivered[] = [];
  readonly #answered: number[] = [];
  readonly #unwanted: number[] = [];
  readonly #bus: CoreBus;
  #instance: AttachedInstance | undefined;
  #slice: RouteSlice = { revision: 0, sends: [], receives: [] };
  readonly #waiting = new WaitingHandlers();
  readonly #role: string;
  /** As the test set it. */
  #window: number;
  #isStalled = false;
  #unwritten: number[] = [];
  #endedBecause: string | undefined;

  constructor(bus: CoreBus, role: string, { window = 10, id = crypto.randomUUID() }: AttachOptions) {
    this.#bus = bus;
    this.#role = role;
    this.#window = window;
    const requester = bus.requesterOf(role, id);
    const attached = bus.exocom.attach({ role, id, agent: "test", window: 0, requester }, this);
    if (!(attached instanceof Instance)) throw new Error(attached.detail);
    this.#instance = attached;
    bus.exocom.setWindow(attached, window);
  }

  get instance(): AttachedInstance {
    if (!this.#instance) throw new Error("not attached");
    return this.#instance;
  }

  get isWritable(): boolean {
    return this.#unwritten.length < stalledRoom;
  }

  deliver(delivery: Delivery): void {
    if (this.#isStalled) this.#unwritten.push(delivery.number);
    else this.inbox.push(this.#receivedOf(delivery));
    if (delivery.answers !== 0 && !delivery.isMore) this.#over(delivery.answers, delivery.message.activityId);
  }

  undeliverable(
    request: number,
    { reason, detail, facts = {} }: Failure,
    activityId: Uint8Array | undefined = undefined,
  ): void {
    this.#undelivered.push({ request, reason, detail, facts, activityId: activityId ?? new Uint8Array() });
    this.#over(request, activityId);
  }

  answered(request: number): void {
    this.#answered.push(request);
    this.#over(request);
  }

  unwanted(delivery: number): void {
    this.#unwanted.push(delivery);
  }

  routes(slice: RouteSlice): void {
    this.#slice = slice;
  }

  close({ reason }: Failure): void {
    this.#endedBecause = reason;
  }

  async publish(name: string, sent: Sent = {}): Promise<string> {
    const result = this.#publish(name, sent);
    if (!(result instanceof Undecided)) return result?.reason ?? "ok";
    return new Promise((resolve) => {
      result.onDecided = (refused) => resolve(refused?.reason ?? "ok");
    });
  }

  /** Publishes what is decided at once. */
  publishNow(name: string, sent: Sent = {}): string {
    const result = this.#publish(name, sent);
    if (result instanceof Undecided) throw new Error(`'${name}' waits for a verdict`);
    return result?.reason ?? "ok";
  }

  #publish(name: string, sent: Sent) {
    const publish = publishOf(numberOf(name, this.#slice), sent, this.#role);
    const decision = this.#bus.exocom.publish(this.instance, publish);
    const { request, cause, activityId } = publish;
    const isTaken = decision === undefined || decision instanceof Undecided;
    if (isTaken && request !== 0 && this.instance.deliveries.get(cause)) {
      this.#waiting.asked(request, cause, activityId);
      this.#applyWindow();
    }
    return decision;
  }

  async next(): Promise<Received> {
    const first = this.inbox.shift();
    if (!first) throw new Error("no delivery has come");
    return first;
  }

  async received(): Promise<readonly Received[]> {
    return this.inbox.splice(0);
  }

  async done({ number }: Pick<Received, "number">): Promise<void> {
    this.#settles(number);
    this.#bus.exocom.done(this.instance, number);
  }

  async settle({ number }: Pick<Received, "number">, outcome: Ending, retryAfterMs = 0): Promise<void> {
    this.#settles(number);
    this.#bus.exocom.settle(this.instance, { number, outcome, retryAfterMs, detail: "said the test" });
  }

  async setWindow(window: number): Promise<void> {
    this.#window = window;
    this.#applyWindow();
  }

  async setFailing(isFailing: boolean, probes = 0): Promise<void> {
    this.#bus.exocom.setFailing(this.instance, isFailing, probes);
  }

  async abandon(request: number): Promise<void> {
    this.#over(request);
    this.#bus.exocom.abandon(this.instance, request);
  }

  async undelivered(): Promise<readonly Undelivered[]> {
    return [...this.#undelivered];
  }

  async answeredRequests(): Promise<readonly number[]> {
    return [...this.#answered];
  }

  async unwantedDeliveries(): Promise<readonly number[]> {
    return [...this.#unwanted];
  }

  async names(): Promise<Names> {
    const sends = Object.fromEntries(this.#slice.sends.map(({ name, hasReceivers }) => [name, hasReceivers]));
    return { sends, receives: this.#slice.receives.map(({ name }) => name) };
  }

  async stall(): Promise<void> {
    this.#isStalled = true;
  }

  async leave(): Promise<void> {
    await this.setWindow(0);
    if (this.instance.deliveries.size > 0) throw new Error("something is not settled yet");
    this.#bus.exocom.detach(this.instance);
  }

  async break(): Promise<void> {
    this.#bus.exocom.detach(this.instance, this.#unwritten[0]);
  }

  async ended(): Promise<string> {
    if (this.#endedBecause === undefined) throw new Error("the attachment has not ended");
    return this.#endedBecause;
  }

  #settles(number: number): void {
    this.#waiting.settled(number);
    this.#applyWindow();
  }

  #over(request: number, activityId?: Uint8Array): void {
    this.#waiting.over(request, activityId);
    this.#applyWindow();
  }

  /** As a link does: the slots of handlers that wait are free for others meanwhile. */
  #applyWindow(): void {
    const window = this.#window === 0 ? 0 : this.#window + this.#waiting.size;
    // What it missed while it was away comes before it is attached again.
    if (this.#instance && window !== this.instance.window) this.#bus.exocom.setWindow(this.instance, window);
  }

  #receivedOf(delivery: Delivery): Received {
    const { message } = delivery;
    return {
      number: delivery.number,
      name: this.#slice.receives.find(({ number }) => number === delivery.subscription.number)?.name ?? "",
      activity: decoder.decode(message.activityId),
      payload: decoder.decode(message.envelope),
      bytes: message.envelope,
      attempt: delivery.attempt,
      deadlineMs: delivery.expiresAtMs - this.#bus.clock.nowMs(),
      requester: message.requester,
      awaiting: message.awaiting,
      replyRequest: message.replyRequest,
      answers: delivery.answers,
      timestampMs: message.timestampMs,
      responseTimeNs: message.responseTimeNs,
      isSecurity: message.isSecurity,
      isMany: message.isMany,
      isMore: delivery.isMore,
    };
  }
}

/** A bare core whose clock is moved by hand. */
export class CoreBus extends ExocomBus {
  readonly exocom: Exocom;
  readonly #requesters = new Map<string, number>();

  constructor(routes: RouteSketch, limits: Partial<Limits> = {}, observer: Observer = {}) {
    super();
    this.exocom = new Exocom({ clock: this.clock, routes: routesOf(routes), envelopes, limits, observer });
  }

  /** The number of an instance as a requester: the same when it attaches again. */
  requesterOf(role: string, id: string): number {
    const key = `${role} ${id}`;
    const requester = this.#requesters.get(key) ?? firstRequester + this.#requesters.size;
    this.#requesters.set(key, requester);
    return requester;
  }

  async attach(role: string, options: AttachOptions = {}): Promise<CoreParticipant> {
    return this.attachNow(role, options);
  }

  attachNow(role: string, options: AttachOptions = {}): CoreParticipant {
    return new CoreParticipant(this, role, options);
  }

  async stop(): Promise<void> {
    this.exocom.close();
  }
}
