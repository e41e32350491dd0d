/** Activities are told apart by so many values of their hash: its lowest 16 bits. */
const shades = 65_536;
const lowest = shades - 1;

/** By how much the share grows from one second to the next: a pause between two waves must not open it to the second. */
const growth = 1.5;

/** At least so large a share of the activities is left, whatever the load: one in 4096. */
const leastShare = 1 / 4096;

/**
 * Chooses the activities that a tap shows, so that about so many events a second come of it: all of an activity or nothing.
 * A smaller share is a part of a larger one, so that what is shown stays whole when the load grows.
 */
export class ActivitySample {
  readonly #limit: number;
  #threshold = shades;
  /** Of this second: events that there were, those of them that were taken, and failures that were taken. */
  #seen = 0;
  #taken = 0;
  #failures = 0;
  /** Events of activities that were left out. */
  skipped = 0;

  /** `limit`: events a second, or 0 for no limit. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The share of the activities that is shown: 1 is all. */
  get share(): number {
    return this.#threshold / shades;
  }

  /** Whether an event of the activity with this hash is taken. */
  takes(activityHash: number): boolean {
    if (this.#limit === 0) return true;
    this.#seen += 1;
    if ((activityHash & lowest) >= this.#threshold) {
      this.skipped += 1;
      return false;
    }
    this.#taken += 1;
    // The second began with a larger share than it can have.
    if (this.#taken > this.#limit) this.#narrow();
    return true;
  }

  /** Whether a failure is taken: that of any activity, while there are not too many. */
  takesFailure(activityHash: number): boolean {
    if (this.#limit === 0) return true;
    this.#failures += 1;
    if (this.#failures <= this.#limit) return true;
    return this.takes(activityHash);
  }

  /** A second is over: the share is what the last one could have had. */
  nextSecond(): void {
    const { share } = this;
    // What a smaller share left room for is found out step by step.
    const possible = this.#seen === 0 ? 1 : this.#limit / this.#seen;
    this.#set(Math.min(possible, share * growth));
    this.#seen = this.#taken = this.#failures = 0;
  }

  #narrow(): void {
    this.#set(this.share / 2);
    this.#taken = this.#limit / 2;
  }

  #set(share: number): void {
    this.#threshold = Math.round(shades * Math.min(1, Math.max(leastShare, share)));
  }
}
