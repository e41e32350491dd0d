import type { Log } from "./log.ts";

/** Notices that are logged one by one, per second. */
const perSecond = 20;

/** Logs what apps do wrong. A flood of it becomes a line a second, not a flood of lines. */
export class Notices {
  readonly #log: Pick<Log, "warn">;
  readonly #more: string;
  #count = 0;

  /** `more` is the text for those that are only counted. */
  constructor(log: Pick<Log, "warn">, more: string) {
    this.#log = log;
    this.#more = more;
  }

  warn(facts: object, text: string): void {
    if (this.#count === 0) setTimeout(() => this.#endSecond(), 1000).unref();
    this.#count += 1;
    if (this.#count <= perSecond) this.#log.warn(facts, text);
  }

  #endSecond(): void {
    const more = this.#count - perSecond;
    this.#count = 0;
    if (more > 0) this.#log.warn({ notices: more }, this.#more);
  }
}
