/** Time, as the core of a sidecar needs it. */
export interface Clock {
  /** Calls `run` once, `delayMs` from now. Returns what calls it off. */
  after(delayMs: number, run: () => void): () => void;
}

/**
 * What a delivery says about the app: `well` if it was answered, whatever the answer; `unwell` after a 5xx, a timeout or a
 * lost connection; `neither` if the app did not take it.
 */
export type Sign = "well" | "unwell" | "neither";

/**
 * `closed`: the app takes deliveries. `open`: it keeps failing, so other instances of its role get its work. `half-open`: it takes
 * one delivery nevertheless, to find out whether it has recovered. Where there is no other instance, deliveries come in any state.
 */
export type BreakerState = "closed" | "open" | "half-open";

/** Failures in a row that open the breaker: fewer happen by chance in an app that fails one time in ten. */
export const tolerableFailures = 5;
/** First pause, in milliseconds: an app that restarts is back by then, and its role can bear that long with one instance less. */
export const firstPauseMs = 1_000;
/** Longest pause, in milliseconds: one message in five seconds is what finding out may cost, while others take the work. */
export const longestPauseMs = 5_000;
/** Up to this part of a pause is left out at random, so that instances that failed together do not come back together. */
const jitter = 0.5;

/** Settings and surroundings of a breaker. */
export interface CircuitBreakerOptions {
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  /** The state changed. `pauseMs`: how long it lasts, for `open`. */
  readonly onChange: (state: BreakerState, pauseMs: number) => void;
}

/**
 * Whether an app keeps failing. It refuses nothing itself: the broker gives the work to other instances as long as one of them takes
 * any, and this instance a delivery now and then to find out. What an app answers well, although it is not asked to, closes it too.
 */
export class CircuitBreaker {
  state: BreakerState = "closed";
  /** The round of a delivery that begins now, for `ended`: what was out when the breaker opened says nothing new. */
  round = 0;
  readonly #options: CircuitBreakerOptions;
  #failures = 0;
  #pauses = 0;
  #isClosed = false;
  #cancelPause: (() => void) | undefined;

  constructor(options: CircuitBreakerOptions) {
    this.#options = options;
  }

  /** A delivery that began in a round has ended. */
  ended(sign: Sign, round: number): void {
    if (this.state === "closed") {
      if (sign === "well") this.#failures = 0;
      else if (sign === "unwell") this.#failures += 1;
      if (this.#failures >= tolerableFailures) this.#open();
    } else if (round !== this.round) return;
    else if (sign === "well") this.#close();
    else if (this.state === "half-open") this.#open();
  }

  /** A delivery did not reach the app. If it was to find out how that is, another one has to. */
  returned(): void {
    if (this.state === "half-open") this.#become("half-open");
  }

  /** The app was away and is back, and may be another process: no reason to let it wait. */
  restarted(): void {
    if (this.state !== "open") return;
    this.#cancelPause?.();
    this.#become("half-open");
  }

  /** Sets no more timers, also not for deliveries that are broken off afterwards. */
  close(): void {
    this.#isClosed = true;
    this.#cancelPause?.();
  }

  #close(): void {
    this.#cancelPause?.();
    this.#failures = 0;
    this.#pauses = 0;
    this.#become("closed");
  }

  #open(): void {
    if (this.#isClosed) return;
    const { clock, random } = this.#options;
    const pauseMs = Math.round(Math.min(firstPauseMs * 2 ** this.#pauses, longestPauseMs) * (1 - jitter * random()));
    this.#pauses += 1;
    this.round += 1;
    this.#cancelPause = clock.after(pauseMs, () => this.#become("half-open"));
    this.#become("open", pauseMs);
  }

  #become(state: BreakerState, pauseMs = 0): void {
    this.state = state;
    this.#options.onChange(state, pauseMs);
  }
}
