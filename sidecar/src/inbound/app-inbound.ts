import { Refusal } from "@exosphere/message";
import { ExoError } from "@exosphere/proto";
import { type Log, Notices } from "@exosphere/telemetry";
import type { Bus, Incoming } from "../core/bus.ts";
import { type BreakerState, CircuitBreaker, type Sign, tolerableFailures } from "../core/circuit-breaker.ts";
import type { MessageCompleter } from "../core/outgoing-message.ts";
import type { Received, ReceivedMessages } from "../core/received.ts";
import { RequestTurns } from "../core/request-turns.ts";
import { AbsentApp } from "./absent-app.ts";
import type { AppAnswer } from "./app-exchange.ts";
import { AppProbe } from "./app-probe.ts";
import { repliesOf } from "./app-reply.ts";
import { HttpDelivery } from "./http-delivery.ts";

/** How a delivery ends, as the upstream link takes it. */
export type Settle = (
  incoming: Incoming,
  outcome: "done" | "retry" | "failed" | "dead" | "returned",
  detail?: string,
  retryAfterMs?: number,
  /** What the app said, for its operator. */
  words?: string,
) => void;

/** What the way to the app needs. */
export interface AppInboundOptions {
  readonly app: URL;
  /** Path of the app that says whether it is up; undefined: its port does. */
  readonly healthPath?: string | undefined;
  /** The sidecar has chosen the port of the app. */
  readonly isPortChosen: boolean;
  /** Whether the app has to listen at all, as its role receives something. */
  readonly isExpected: () => boolean;
  readonly concurrency: number;
  readonly maxAnswerBytes: number;
  readonly maxPayloadBytes: number;
  readonly received: ReceivedMessages;
  readonly completer: MessageCompleter;
  readonly bus: Bus;
  readonly settle: Settle;
  /** Whether the app keeps failing, for the broker's choice among the instances of its role. */
  readonly onFailing: (standing: { readonly failing: boolean; readonly probes: number }) => void;
  /** The app takes so many deliveries at once from now on. */
  readonly onWindow: (window: number) => void;
  /** The app dealt with a delivery in so many seconds. For metrics. */
  readonly onHandled: (name: string, outcome: AppAnswer["outcome"], seconds: number) => void;
  readonly log: Log;
}

/** What an answer of the app says about the app. */
const signs: Readonly<Record<AppAnswer["outcome"], Sign>> = {
  done: "well",
  dead: "well",
  retry: "neither",
  failed: "unwell",
};

/** What is wrong with the replies in an answer. */
interface ReplyMistake {
  /** They have not the form of messages, so that nothing can be sent. */
  readonly isMalformed: boolean;
  /** For people. */
  readonly detail: string;
}

/** Brings deliveries to the app over HTTP, and its answers back. */
export class AppInbound {
  readonly #options: AppInboundOptions;
  readonly #delivery: HttpDelivery;
  readonly #probe: AppProbe;
  readonly #absent: AbsentApp;
  readonly #breaker: CircuitBreaker;
  readonly #turns: RequestTurns;
  readonly #notices: Notices;
  #loggedState: BreakerState = "closed";
  #inFlight = 0;
  #onIdle: (() => void) | undefined;

  constructor(options: AppInboundOptions) {
    this.#options = options;
    this.#delivery = new HttpDelivery(options);
    const { log } = options;
    this.#notices = new Notices({ log, more: (notices) => log.warn({ notices }, "more deliveries failed") });
    this.#breaker = new CircuitBreaker({
      clock: realClock,
      random: Math.random,
      onChange: (state, pauseMs) => {
        this.#logBreaker(state, pauseMs);
        options.onFailing({ failing: state !== "closed", probes: state === "half-open" ? 1 : 0 });
      },
    });
    const { received, settle } = options;
    const expired = (incoming: Incoming) => settle(incoming, "returned");
    this.#turns = new RequestTurns({ received, habit: "at once", clock: realClock, expired });
    this.#absent = new AbsentApp({ ...options, after: realClock.after });
    const changed = (isUp: boolean) => {
      this.#absent.close();
      options.log.info(isUp ? `the app at ${options.app.origin} is up` : `the app at ${options.app.origin} is gone`);
      if (isUp) this.#breaker.restarted();
      this.#tellWindow();
    };
    this.#probe = new AppProbe(options.app, changed, options.healthPath);
  }

  /** Whether the app takes deliveries here: its port is open. */
  get hasConsumer(): boolean {
    return this.#probe.isUp;
  }

  /** Whether the app keeps failing, so that other instances of its role get its work. */
  get isSetAside(): boolean {
    return this.#breaker.state !== "closed";
  }

  /** Gives a message to the app, and settles it by the answer. */
  deliver(incoming: Incoming): void {
    this.#turns.take(incoming, () => this.#give(incoming));
  }

  #give(incoming: Incoming): void {
    const { round } = this.#breaker;
    // Without a name: the routes changed while it was under way, and the role no longer receives it.
    if (!this.#probe.isUp || incoming.name === "") {
      return this.#options.settle(incoming, "returned");
    }
    const received = this.#options.received.add(incoming);
    const startedMs = performance.now();
    this.#inFlight += 1;
    this.#delivery.deliver(incoming, (answer) => {
      this.#options.received.handled(received);
      this.#inFlight -= 1;
      this.#judge(answer, round);
      const outcome = this.#answered(incoming, received, answer);
      if (outcome !== "done") this.#options.received.failed(received);
      if (outcome !== "returned") {
        this.#options.onHandled(incoming.name, outcome, (performance.now() - startedMs) / 1000);
      }
      if (this.#inFlight === 0) this.#onIdle?.();
    });
  }

  /** Gives back to the bus what waits here for its turn: the app was not given it. */
  giveBack(): void {
    for (const incoming of this.#turns.release()) this.#options.settle(incoming, "returned");
  }

  /** Resolves once the app has answered everything that it was given, or `deadline` fires. */
  async idle(deadline: AbortSignal): Promise<void> {
    this.giveBack();
    if (this.#inFlight === 0 || deadline.aborted) return;
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
      deadline.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  async close(): Promise<void> {
    this.#probe.close();
    this.#absent.close();
    this.#turns.close();
    this.#breaker.close();
    await this.#delivery.close();
  }

  #judge({ isUnreachable, mayBeUp, isHurried, outcome }: AppAnswer, round: number): void {
    if (!isUnreachable && !isHurried) return this.#breaker.ended(signs[outcome], round);
    // No credit first, then the message: else the bus would give it straight back.
    if (isUnreachable && !mayBeUp) this.#probe.missed();
    this.#breaker.returned();
  }

  #tellWindow(): void {
    this.#options.onWindow(this.#probe.isUp ? this.#options.concurrency : 0);
  }

  #logBreaker(state: BreakerState, pauseMs: number): void {
    const { log } = this.#options;
    // Of many pauses in which nothing changed, only the first is news.
    if (state === this.#loggedState || (state === "half-open" && this.#loggedState === "open")) return;
    this.#loggedState = state;
    if (state === "open") {
      const why = `the app failed ${tolerableFailures} deliveries in a row`;
      log.warn({ pauseMs }, `${why}: it is set aside while other instances of its role take work`);
    } else if (state === "closed") log.info("the app answered: it is no longer set aside");
  }

  /** Settles a delivery by its answer, and says how. */
  #answered(incoming: Incoming, received: Received, answer: AppAnswer): AppAnswer["outcome"] | "returned" {
    const { settle, log } = this.#options;
    if (answer.isUnreachable) {
      settle(incoming, "returned");
      return "returned";
    }
    const { outcome, detail, retryAfterMs } = answer;
    if (outcome !== "done") {
      const { words = "" } = answer;
      // A delivery that is tried again is not logged with every attempt.
      if (outcome !== "retry")
        this.#notices.warn({ ...factsOf(incoming), outcome, words }, `a delivery failed: ${detail}`);
      settle(incoming, outcome, detail, retryAfterMs, words);
      return outcome;
    }
    const mistake = this.#reply(incoming, received, answer);
    if (!mistake) {
      settle(incoming, "done");
      return "done";
    }
    log.warn(factsOf(incoming), mistake.detail);
    // What the app meant to say is lost. If the bus did not take a reply, its requester is notified now, not at the deadline.
    const ending = mistake.isMalformed || received.returnPath ? "failed" : "done";
    settle(incoming, ending, mistake.detail);
    return ending;
  }

  /** Sends the replies in an answer, in order. Returns what is wrong with them, if anything is. */
  #reply(incoming: Incoming, received: Received, { body, isJson }: AppAnswer): ReplyMistake | undefined {
    const { completer, bus, log, maxPayloadBytes } = this.#options;
    try {
      const replies = repliesOf(body, isJson);
      const large = replies.find(({ payload }) => payload.byteLength > maxPayloadBytes);
      if (large) {
        const detail = `The reply '${large.name}' has more than ${maxPayloadBytes} bytes: send less, or raise --max-payload.`;
        return { isMalformed: true, detail };
      }
      for (const [index, reply] of replies.entries()) {
        const { activityId } = received;
        const { traceparent, tracestate } = incoming.envelope;
        let isHere = true;
        let refused: Error | undefined;
        const message = completer.completeReply({ ...reply, traceparent, tracestate }, received);
        const more = incoming.isMany && index < replies.length - 1;
        bus.send(more ? { ...message, more } : message, (error) => {
          if (isHere) refused = error;
          else if (error)
            log.warn({ messageName: reply.name, activityId }, `a reply was refused: ${ExoError.from(error).detail}`);
        });
        isHere = false;
        if (refused) {
          const detail = `The reply '${reply.name}' was refused: ${ExoError.from(refused).detail}`;
          return { isMalformed: false, detail };
        }
      }
      return undefined;
    } catch (error) {
      if (error instanceof Refusal) return { isMalformed: true, detail: error.message };
      throw error;
    }
  }
}

/** The message that a line of the log is about. */
function factsOf({ name, id, activityId }: Incoming) {
  return { messageName: name, id, activityId };
}

const realClock = {
  now: () => performance.now(),
  after(delayMs: number, run: () => void) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
