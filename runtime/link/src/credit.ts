import { type Credit, newCredit } from "@exosphere/proto";
import type { AppStanding } from "./app-standing.ts";
import type { HandlerSlots } from "./asking-handler.ts";

/**
 * The credit that one stream gives its broker: as many deliveries as the app takes at once, and one more for each handler that waits
 * for a reply, as its slot is free for others meanwhile.
 */
export class StreamCredit implements HandlerSlots {
  readonly #write: (credit: Credit) => void;
  #window: number;
  #waiting = 0;
  #standing: AppStanding = { failing: false, probes: 0 };

  /** `window` is what the registration gave. `write` puts a credit into the frame that leaves next. */
  constructor(window: number, write: (credit: Credit) => void) {
    this.#window = window;
    this.#write = write;
  }

  /** How many unsettled deliveries the app takes from now on. */
  setWindow(window: number): void {
    if (window === this.#window) return;
    this.#window = window;
    this.#give();
  }

  /** Whether the app keeps failing, and how many deliveries it takes all the same to find out whether it still does. */
  setStanding(standing: AppStanding): void {
    this.#standing = standing;
    this.#give();
  }

  handlerWaits(): void {
    this.#waiting += 1;
    this.#giveUnlessFailing();
  }

  handlerContinues(): void {
    this.#waiting -= 1;
    this.#giveUnlessFailing();
  }

  /** While the app keeps failing, each credit lets the broker give it further probes: what has changed is said with the next standing. */
  #giveUnlessFailing(): void {
    if (!this.#standing.failing) this.#give();
  }

  #give(): void {
    const { failing, probes } = this.#standing;
    // An app that takes no work takes none in place of its handlers either.
    const window = this.#window === 0 ? 0 : this.#window + this.#waiting;
    this.#write(newCredit({ window, failing, probes }));
  }
}
