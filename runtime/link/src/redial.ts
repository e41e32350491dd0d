import { Backoff } from "./backoff.ts";
import type { LinkConfig } from "./link-config.ts";

/** Which broker of the list is tried next, and when. */
export class Redial {
  readonly #config: LinkConfig;
  readonly #connect: () => void;
  readonly #backoff: Backoff;
  /** Place of the next in the list, modulo its length. */
  #next = 0;
  #callOff: (() => void) | undefined;

  /** `connect` is called when it is time for another attempt. */
  constructor(config: LinkConfig, connect: () => void) {
    this.#config = config;
    this.#connect = connect;
    this.#backoff = new Backoff(config);
  }

  /** Whether another attempt is to come. */
  get isPending(): boolean {
    return this.#callOff !== undefined;
  }

  /** The next of the list that is not `taken`. Undefined if all of them are. */
  addressBeside(taken: ReadonlySet<string>): string | undefined {
    const { brokers } = this.#config;
    for (let step = 0; step < brokers.length; step += 1) {
      const address = brokers[(this.#next + step) % brokers.length] as string;
      if (taken.has(address)) continue;
      this.#next += step;
      return address;
    }
    return undefined;
  }

  /**
   * Tries again after a pause, whose length it returns in milliseconds. A broker that was left comes first again; one that failed comes
   * last, and no sooner for having been attached for `lastedMs`, unless that was long: one that takes an instance in only to drop it
   * again is no better than one that cannot be reached.
   */
  again({ isLeaving, lastedMs }: { readonly isLeaving: boolean; readonly lastedMs: number }): number {
    const { clock, maxBackoffMs } = this.#config;
    if (isLeaving || lastedMs >= maxBackoffMs) this.#backoff.reset();
    if (!isLeaving) this.#next += 1;
    const retryMs = this.#backoff.next();
    this.#callOff = clock.after(retryMs, this.#connect);
    return retryMs;
  }

  /** There is an attempt now, or need be none. */
  callOff(): void {
    this.#callOff?.();
    this.#callOff = undefined;
  }
}
