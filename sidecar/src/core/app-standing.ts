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
 * `trusted`: takes deliveries. `aside`: takes none, as it keeps failing. `awaited`: takes one, to see whether it is well
 * again. `probed`: has that one.
 */
export type StandingState = "trusted" | "aside" | "awaited" | "probed";

/** Failures in a row after which an app is set aside: fewer happen by chance in an app that fails one time in ten. */
export const tolerableFailures = 5;
/** First pause, in milliseconds: an app that restarts is back by then, and its role can bear that long with one instance less. */
export const firstPauseMs = 1_000;
/**
 * Longest pause, in milliseconds. A sidecar does not know whether its app is the role's only one, for which all messages
 * then wait: half of the 10 s that a request waits by default, so that each is tried before its requester gives up. Where
 * there are others, one message in five seconds is what finding out may cost.
 */
export const longestPauseMs = 5_000;
/** Up to this part of a pause is left out at random, so that instances that failed together do not come back together. */
const jitter = 0.5;

/** What the standing of an app needs. */
export interface AppStandingOptions {
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  /** It changed. `pauseMs`: how long it lasts, for `aside`. */
  readonly onChange: (state: StandingState, pauseMs: number) => void;
}

/** Whether the app is given work. One that keeps failing is set aside, so that its role's other instances get its work. */
export class AppStanding {
  readonly #options: AppStandingOptions;
  #state: StandingState = "trusted";
  #failures = 0;
  #pauses = 0;
  #cancelPause: (() => void) | undefined;

  constructor(options: AppStandingOptions) {
    this.#options = options;
  }

  get state(): StandingState {
    return this.#state;
  }

  /** Whether the app may be given a delivery. The one that it is given while awaited is the probe. */
  admits(): boolean {
    if (this.#state === "trusted") return true;
    if (this.#state !== "awaited") return false;
    this.#become("probed");
    return true;
  }

  /** A delivery ended. `isProbe`: it was admitted as the probe. What was out when the app was set aside says nothing new. */
  ended(sign: Sign, isProbe: boolean): void {
    if (isProbe && this.#state === "probed") this.#probeEnded(sign);
    else if (this.#state === "trusted") this.#count(sign);
  }

  /** The probe did not reach the app. */
  probeReturned(): void {
    if (this.#state === "probed") this.#become("awaited");
  }

  /** The app was away and is back, and may be another process: no reason to let it wait. */
  restarted(): void {
    if (this.#state !== "aside") return;
    this.#cancelPause?.();
    this.#become("awaited");
  }

  /** Sets no more timers. */
  close(): void {
    this.#cancelPause?.();
  }

  #count(sign: Sign): void {
    if (sign === "well") this.#failures = 0;
    if (sign !== "unwell") return;
    this.#failures += 1;
    if (this.#failures >= tolerableFailures) this.#setAside();
  }

  #probeEnded(sign: Sign): void {
    if (sign !== "well") return this.#setAside();
    this.#failures = 0;
    this.#pauses = 0;
    this.#become("trusted");
  }

  #setAside(): void {
    const { clock, random } = this.#options;
    const pauseMs = Math.round(Math.min(firstPauseMs * 2 ** this.#pauses, longestPauseMs) * (1 - jitter * random()));
    this.#pauses += 1;
    this.#cancelPause = clock.after(pauseMs, () => this.#become("awaited"));
    this.#become("aside", pauseMs);
  }

  #become(state: StandingState, pauseMs = 0): void {
    this.#state = state;
    this.#options.onChange(state, pauseMs);
  }
}
