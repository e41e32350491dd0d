import { ExoError } from "@exosphere/proto";
import type { Log } from "@exosphere/runtime";
import type { Bus, Incoming } from "../core/bus.ts";
import type { MessageCompleter } from "../core/outgoing-message.ts";
import type { Received, ReceivedMessages } from "../core/received.ts";
import { Refusal } from "../core/refusal.ts";
import { AppProbe } from "./app-probe.ts";
import { repliesOf } from "./app-reply.ts";
import { type AppAnswer, HttpDelivery } from "./http-delivery.ts";

/** How a delivery ends, as the upstream link takes it. */
export type Settle = (
  incoming: Incoming,
  outcome: "done" | "retry" | "failed" | "dead" | "returned",
  detail?: string,
  retryAfterMs?: number,
) => void;

/** What the way to the app needs. */
export interface AppInboundOptions {
  readonly app: URL;
  readonly maxAnswerBytes: number;
  readonly received: ReceivedMessages;
  readonly completer: MessageCompleter;
  readonly bus: Bus;
  readonly settle: Settle;
  /** The app takes deliveries from now on, or none. */
  readonly onReachable: (isReachable: boolean) => void;
  /** The app dealt with a delivery in so many seconds. For metrics. */
  readonly onHandled: (name: string, outcome: AppAnswer["outcome"], seconds: number) => void;
  readonly log: Log;
}

/** Brings deliveries to the app over HTTP, and its answers back. */
export class AppInbound {
  readonly #options: AppInboundOptions;
  readonly #delivery: HttpDelivery;
  readonly #probe: AppProbe;
  #inFlight = 0;
  #onIdle: (() => void) | undefined;

  constructor(options: AppInboundOptions) {
    this.#options = options;
    this.#delivery = new HttpDelivery(options);
    this.#probe = new AppProbe(options.app, (isUp) => {
      options.log.info(isUp ? `the app at ${options.app.origin} is up` : `the app at ${options.app.origin} is gone`);
      options.onReachable(isUp);
    });
  }

  /** Whether the app takes connections. */
  get isReachable(): boolean {
    return this.#probe.isUp;
  }

  /** Gives a message to the app, and settles it by the answer. */
  deliver(incoming: Incoming): void {
    if (!this.#probe.isUp) return this.#options.settle(incoming, "returned");
    const received = this.#options.received.add(incoming);
    const startedMs = performance.now();
    this.#inFlight += 1;
    void this.#delivery.deliver(incoming).then((answer) => {
      this.#options.received.handled(received);
      this.#options.onHandled(incoming.name, answer.outcome, (performance.now() - startedMs) / 1000);
      this.#answered(incoming, received, answer);
      this.#inFlight -= 1;
      if (this.#inFlight === 0) this.#onIdle?.();
    });
  }

  /** Resolves once the app has answered everything that it was given, or `deadline` fires. */
  async idle(deadline: AbortSignal): Promise<void> {
    if (this.#inFlight === 0 || deadline.aborted) return;
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
      deadline.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  async close(): Promise<void> {
    this.#probe.close();
    await this.#delivery.close();
  }

  #answered(incoming: Incoming, received: Received, answer: AppAnswer): void {
    const { settle } = this.#options;
    if (answer.isUnreachable) {
      // No credit first, then the message: else the bus would give it straight back.
      this.#probe.missed();
      return settle(incoming, "returned");
    }
    if (answer.outcome !== "done") return settle(incoming, answer.outcome, answer.detail, answer.retryAfterMs);
    const mistake = this.#reply(incoming, received, answer.body);
    if (mistake === undefined) return settle(incoming, "done");
    this.#options.log.warn({ name: incoming.name, activityId: incoming.activityId }, mistake);
    // Whoever waits for the reply hears of it now, not at the deadline.
    settle(incoming, received.returnPath ? "failed" : "done", mistake);
  }

  /** Sends the replies in an answer, in order. Returns what is wrong with them, if anything is. */
  #reply(incoming: Incoming, received: Received, body: Buffer): string | undefined {
    const { completer, bus, log } = this.#options;
    try {
      for (const reply of repliesOf(body)) {
        const { activityId } = received;
        const { traceparent, tracestate } = incoming.envelope;
        let isHere = true;
        let refused: Error | undefined;
        bus.send(completer.completeReply({ ...reply, traceparent, tracestate }, received), (error) => {
          if (isHere) refused = error;
          else if (error)
            log.warn({ name: reply.name, activityId }, `a reply was refused: ${ExoError.from(error).detail}`);
        });
        isHere = false;
        if (refused) return `The reply '${reply.name}' was refused: ${ExoError.from(refused).detail}`;
      }
      return undefined;
    } catch (error) {
      if (error instanceof Refusal) return error.message;
      throw error;
    }
  }
}
