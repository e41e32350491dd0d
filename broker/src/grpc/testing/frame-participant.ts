import type { FrameDuplex } from "@exosphere/frames";
import {
  type AttachRequest,
  type AttachResponse,
  type Credit,
  type Delivery,
  decodeStatusDetails,
  ExoError,
  newAttachRequest,
  newCredit,
  newSettlement,
  type RouteSlice,
  statusDetailsTrailer,
} from "@exosphere/proto";
import { outcomeNumbers } from "@exosphere/proto/outcomes";
import type { Metadata } from "@grpc/grpc-js";
import type { AttachOptions, Ending, Names, Participant, Received, Sent, Undelivered } from "../../contract/driver.ts";
import { numberOf, publishOf } from "../../contract/publish-of.ts";
import { WaitingHandlers } from "../../contract/waiting-handlers.ts";
import type { Language } from "./languages.ts";

const decoder = new TextDecoder();

/** A connection to the broker under test. */
export interface TestConnection {
  readonly duplex: FrameDuplex<AttachResponse, AttachRequest>;
  /** Breaks it at once. */
  cancel(): void;
  /** Reads nothing from now on. */
  stall(): void;
}

/** Where a participant attaches, and what it cannot see by itself. */
export interface Place {
  connect(): TestConnection;
  readonly host: { readonly epoch: string };
  /** What those speak that attach. */
  readonly language: Language;
  /** Resolves when the broker has let go of the instance of this id. */
  detached(id: string): Promise<void>;
}

/** An instance at a broker over any connection, without any of the SDK: every call is one frame. */
export class FrameParticipant implements Participant {
  /** As the test set it, and as the broker was told. */
  #window = 0;
  #toldWindow = 0;
  readonly #waiting = new WaitingHandlers();
  readonly id: string;
  readonly #role: string;
  readonly #place: Place;
  readonly #connection: TestConnection;
  readonly #inbox: Received[] = [];
  readonly #undelivered: Undelivered[] = [];
  readonly #answered: number[] = [];
  readonly #unwanted: number[] = [];
  readonly #confirmed = new Map<number, (verdict: string) => void>();
  readonly #synced: (() => void)[] = [];
  readonly #attached = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<string>();
  #slice: RouteSlice = { revision: 0, sends: [], receives: [] };
  #sequence = 0;

  private constructor(place: Place, role: string, id: string) {
    this.#place = place;
    this.#role = role;
    this.id = id;
    this.#connection = place.connect();
    const { duplex } = this.#connection;
    duplex.on("data", (frame) => this.#taken(frame));
    duplex.on("error", (error) => this.#over(reasonOf(error)));
    duplex.on("end", () => this.#over("ended"));
    // Whoever waits for the attachment hears of its end by `#attached`; the others may not be interested.
    this.#attached.promise.catch(() => {});
  }

  static async attach(place: Place, role: string, options: AttachOptions): Promise<FrameParticipant> {
    const { window = 10, id = crypto.randomUUID() } = options;
    const participant = new FrameParticipant(place, role, id);
    // As one that attaches again does: by the epoch the broker tells it from another process of the same name.
    const { epoch } = place.host;
    const registration = place.language.register({ role, instanceId: id, credit: window, epoch, agent: "test" });
    participant.#window = window;
    participant.#toldWindow = window;
    participant.#write({ registration });
    await participant.#attached.promise;
    return participant;
  }

  async publish(name: string, sent: Sent = {}): Promise<string> {
    this.#sequence += 1;
    const { promise, resolve } = Promise.withResolvers<string>();
    this.#confirmed.set(this.#sequence, resolve);
    const publish = publishOf(numberOf(name, this.#slice), sent, this.#role);
    const { request, cause, activityId } = publish;
    this.#write({ firstSequence: this.#sequence, publishes: [this.#place.language.publish(publish)] });
    if (request !== 0 && cause !== 0) this.#waiting.asked(request, cause, activityId);
    this.#applyWindow();
    const verdict = await promise;
    if (verdict !== "ok") this.#waiting.over(request);
    this.#applyWindow();
    return verdict;
  }

  async next(): Promise<Received> {
    await this.#sync();
    const first = this.#inbox.shift();
    if (!first) throw new Error("no delivery has come");
    return first;
  }

  async received(): Promise<readonly Received[]> {
    await this.#sync();
    return this.#inbox.splice(0);
  }

  async done({ number }: Pick<Received, "number">): Promise<void> {
    this.#settles(number);
    this.#write({ done: [number] });
    await this.#sync();
  }

  async settle({ number }: Pick<Received, "number">, ending: Ending, retryAfterMs = 0): Promise<void> {
    const outcome = outcomeNumbers[ending];
    this.#settles(number);
    this.#write({
      settlements: [newSettlement({ delivery: number, outcome, retryAfterMs, detail: "said the test", words: "" })],
    });
    await this.#sync();
  }

  async setWindow(window: number): Promise<void> {
    this.#window = window;
    this.#writeCredit();
    await this.#sync();
  }

  async setFailing(failing: boolean, probes = 0): Promise<void> {
    this.#writeCredit({ failing, probes });
    await this.#sync();
  }

  async abandon(request: number): Promise<void> {
    this.#waiting.over(request);
    this.#applyWindow();
    this.#write({ abandoned: [request] });
    await this.#sync();
  }

  async undelivered(): Promise<readonly Undelivered[]> {
    await this.#sync();
    return [...this.#undelivered];
  }

  async answeredRequests(): Promise<readonly number[]> {
    await this.#sync();
    return [...this.#answered];
  }

  async unwantedDeliveries(): Promise<readonly number[]> {
    await this.#sync();
    return [...this.#unwanted];
  }

  async names(): Promise<Names> {
    await this.#sync();
    const sends = Object.fromEntries(this.#slice.sends.map(({ name, hasReceivers }) => [name, hasReceivers]));
    return { sends, receives: this.#slice.receives.map(({ name }) => name) };
  }

  async stall(): Promise<void> {
    this.#connection.stall();
  }

  async leave(): Promise<void> {
    this.#write({ leave: {} });
    await this.ended();
  }

  async break(): Promise<void> {
    const detached = this.#place.detached(this.id);
    this.#connection.cancel();
    await detached;
  }

  ended(): Promise<string> {
    return this.#ended.promise;
  }

  /** Ends the attempt however far it is. */
  close(): void {
    this.#connection.cancel();
  }

  /** Writes a frame, whatever its parts. */
  #write(parts: Partial<AttachRequest>): void {
    this.#connection.duplex.write(newAttachRequest(parts));
  }

  #settles(number: number): void {
    this.#waiting.settled(number);
    this.#applyWindow();
  }

  /** As a link does: the slots of handlers that wait are free for others meanwhile. */
  #applyWindow(): void {
    if (this.#ownWindow !== this.#toldWindow) this.#writeCredit();
  }

  get #ownWindow(): number {
    const isRaised = this.#place.language.ownsWindow && this.#window > 0;
    return isRaised ? this.#window + this.#waiting.size : this.#window;
  }

  #writeCredit(standing: Partial<Credit> = {}): void {
    this.#toldWindow = this.#ownWindow;
    this.#write({ credit: newCredit({ ...standing, window: this.#toldWindow }) });
  }

  /** The broker has taken everything that was sent before, and everything that it sent before has come. */
  #sync(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#synced.push(resolve);
    this.#write({ topologyQuery: {} });
    return promise;
  }

  #taken(frame: AttachResponse): void {
    if (frame.routes) this.#slice = frame.routes;
    const refused = new Map(frame.refusals.map(({ sequence, reason }) => [sequence, reason]));
    for (const { first, last } of frame.confirmations) {
      for (let sequence = first; sequence <= last; sequence += 1)
        this.#confirm(sequence, refused.get(sequence) ?? "ok");
    }
    frame.deliveries.forEach((delivery, index) => {
      this.#inbox.push(this.#receivedOf(delivery, frame.firstDelivery + index));
    });
    for (const { request, more, activityId } of frame.deliveries)
      if (request !== 0 && !more) this.#waiting.over(request, activityId);
    for (const { request, activityId } of frame.undeliverables) this.#waiting.over(request, activityId);
    for (const request of frame.answered) this.#waiting.over(request);
    this.#applyWindow();
    this.#undelivered.push(...frame.undeliverables);
    this.#answered.push(...frame.answered);
    this.#unwanted.push(...frame.unwanted);
    if (frame.topology) this.#synced.shift()?.();
    if (frame.attached) this.#attached.resolve();
  }

  #confirm(sequence: number, verdict: string): void {
    this.#confirmed.get(sequence)?.(verdict);
    this.#confirmed.delete(sequence);
  }

  #over(reason: string): void {
    this.#attached.reject(new Error(reason));
    this.#ended.resolve(reason);
  }

  #receivedOf(delivery: Delivery, number: number): Received {
    const { language } = this.#place;
    const { attempt, replyRequest, responseTimeNs, isSecurity } = delivery;
    return {
      number,
      name: this.#slice.receives.find((each) => each.number === delivery.name)?.name ?? "",
      activity: decoder.decode(delivery.activityId),
      payload: decoder.decode(delivery.envelope),
      bytes: delivery.envelope,
      attempt,
      deadlineMs: language.deadlineOf(delivery),
      requester: language.requesterOf(delivery),
      awaiting: delivery.awaiting,
      replyRequest,
      answers: delivery.request,
      timestampMs: delivery.timestampSeconds * 1000 + delivery.timestampNanos / 1e6,
      responseTimeNs,
      isSecurity,
      isMany: delivery.many,
      isMore: delivery.more,
    };
  }
}

function reasonOf(error: Error): string {
  if (error instanceof ExoError) return error.reason;
  const { metadata, code } = error as Error & { readonly metadata: Metadata; readonly code: number };
  const details = metadata.get(statusDetailsTrailer)[0];
  return (Buffer.isBuffer(details) ? decodeStatusDetails(details)?.reason : undefined) ?? `status ${code}`;
}
