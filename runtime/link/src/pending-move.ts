import type { Move } from "@exosphere/proto";
import type { Clock } from "./clock.ts";

/** The part of the time for a move in which another broker is looked for. In the rest, what the old one has is finished. */
const searchingPart = 3 / 8;

/** That the current broker has asked this instance to attach elsewhere, until it has, or no longer looks for where. */
export class PendingMove {
  /** When the broker ends the stream, in milliseconds of the clock. */
  readonly byMs: number;
  /** What it says of why. Empty: it shuts down. */
  readonly why: string;
  readonly #clock: Clock;
  readonly #withinMs: number;
  #stopSearch: (() => void) | undefined;

  constructor(clock: Clock, { withinMs, detail }: Move) {
    this.#clock = clock;
    this.#withinMs = withinMs;
    this.byMs = clock.nowMs() + withinMs;
    this.why = detail;
  }

  /** Milliseconds that are left until the broker ends the stream. */
  get leftMs(): number {
    return Math.max(0, this.byMs - this.#clock.nowMs());
  }

  /** Another broker is looked for; calls `giveUp` if none is found in time. */
  search(giveUp: () => void): void {
    this.#stopSearch = this.#clock.after(this.#withinMs * searchingPart, giveUp);
  }

  /** Another broker is found, or of no use any more. */
  stopSearch(): void {
    this.#stopSearch?.();
  }
}
