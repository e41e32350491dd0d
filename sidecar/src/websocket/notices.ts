import type { Log } from "@exosphere/runtime";

/** Notices that are logged one by one, per second. */
const perSecond = 20;

/** Logs what clients do wrong. A flood of it becomes a line a second, not a flood of lines. */
export class Notices {
  readonly #log: Log;
  #count = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  warn(facts: object, text: string): void {
    if (this.#count === 0) setTimeout(() => this.#endSecond(), 1000).unref();
    this.#count += 1;
    if (this.#count <= perSecond) this.#log.warn(facts, text);
  }

  #endSecond(): void {
    const more = this.#count - perSecond;
    this.#count = 0;
    if (more > 0) this.#log.warn({ notices: more }, "more of what WebSockets sent was refused");
  }
}
