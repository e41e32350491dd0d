import type { FakeClock } from "@exosphere/broker/embedded";

/** The time of a test bus. It stands still but for `advance`. */
export interface BusClock {
  /** Milliseconds since the bus began. */
  nowMs(): number;
  /** Calls `run` once that much time has passed. Returns what calls it off. */
  after(delayMs: number, run: () => void): () => void;
  /**
   * Lets time pass: deadlines, retries, pauses. Whatever falls due on the way happens at its own moment, and what it brings
   * about is through before time goes on. Resolves when all of it is.
   */
  advance(ms: number): Promise<void>;
}

/** What is under way on the bus. */
export interface Motion {
  /** Counts what has moved. */
  readonly count: number;
  /** Resolves when nothing moves any more. */
  settled(): Promise<void>;
}

/** A fake clock that is moved step by step. */
export class SteppedClock implements BusClock {
  readonly #clock: FakeClock;
  readonly #motion: Motion;
  /** Something fell due that is not the broker's. */
  #isOwnDue = false;

  constructor(clock: FakeClock, motion: Motion) {
    this.#clock = clock;
    this.#motion = motion;
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  after(delayMs: number, run: () => void): () => void {
    return this.#clock.after(Math.max(0, delayMs), () => {
      this.#isOwnDue = true;
      run();
    });
  }

  async advance(ms: number): Promise<void> {
    if (!(ms >= 0 && Number.isFinite(ms)))
      throw new TypeError(`Time can be advanced by 0 milliseconds or more, not by ${ms}.`);
    await this.#motion.settled();
    const endMs = this.nowMs() + ms;
    let { count } = this.#motion;
    while (this.#clock.runNext(endMs)) {
      // The broker looks every 16 ms whether anything is due: only if something was does it have to come to rest.
      if (!this.#isOwnDue && this.#motion.count === count) continue;
      this.#isOwnDue = false;
      await this.#motion.settled();
      count = this.#motion.count;
    }
    this.#clock.advance(endMs - this.nowMs());
    await this.#motion.settled();
  }
}

/** The machine's time, where the service is not in this process. */
export function realClock(clock: Pick<BusClock, "nowMs" | "after">): BusClock {
  return {
    nowMs: () => clock.nowMs(),
    after: (delayMs, run) => clock.after(delayMs, run),
    advance: () => Promise.reject(new TypeError("This bus keeps the machine's time, which cannot be advanced.")),
  };
}
