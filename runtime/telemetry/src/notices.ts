import type { Log } from "./log.ts";

/** Notices that are logged one by one, per second. */
const perSecond = 20;

/** Where notices go, and how a flood of them is summed up. */
export interface NoticesOptions {
  readonly log: Pick<Log, "warn">;
  /** Logs how many more there were in a second. */
  readonly more: (count: number) => void;
  /** Calls `run` once, `delayMs` from now. Default: in real time, without keeping the process alive. */
  readonly after?: (delayMs: number, run: () => void) => void;
}

/** Logs what peers do wrong. A flood of it becomes a line a second, not a flood of lines. */
export class Notices {
  readonly #options: NoticesOptions;
  #count = 0;

  constructor(options: NoticesOptions) {
    this.#options = options;
  }

  /** Logs a notice. Facts that take time to collect are given by a function: it is not called for notices that are only counted. */
  warn(facts: object | (() => object), text: string): void {
    const { log, after = afterRealTime } = this.#options;
    if (this.#count === 0) after(1000, () => this.#endSecond());
    this.#count += 1;
    if (this.#count <= perSecond) log.warn(typeof facts === "function" ? (facts() as object) : facts, text);
  }

  #endSecond(): void {
    const more = this.#count - perSecond;
    this.#count = 0;
    if (more > 0) this.#options.more(more);
  }
}

function afterRealTime(delayMs: number, run: () => void): void {
  setTimeout(run, delayMs).unref();
}
