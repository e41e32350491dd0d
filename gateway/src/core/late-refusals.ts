import type { Share } from "@exosphere/collections";
import type { Clock } from "./clock.ts";

/** How much later each refusal is answered than the one before it that waits, in milliseconds. */
const stepMs = 10;
/** The longest that one waits, in milliseconds. */
const longestMs = 1_000;

/**
 * Delays refusals by the limits: the more refusals of the same address wait already, the later the next one is answered. Clients that
 * keep to the limits do not notice. A client that calls again at once, over many connections, is slowed down, as each refusal costs
 * more than a look at a limit.
 */
export class LateRefusals {
  readonly #share: Share<"address">;
  readonly #clock: Pick<Clock, "after">;

  constructor(share: Share<"address">, clock: Pick<Clock, "after">) {
    this.#share = share;
    this.#clock = clock;
  }

  /** Answers a refusal to an address, soon. */
  answer(address: string, run: () => void): void {
    // Too many wait: waiting would cost more than answering.
    if (this.#share.take({ address }) !== undefined) return run();
    const delayMs = Math.min(longestMs, stepMs * this.#share.usedBy("address", address));
    this.#clock.after(delayMs, () => {
      this.#share.release({ address });
      run();
    });
  }
}
