import type { Clock } from "../core/clock.ts";
import type { Keys, Limits } from "../core/limits.ts";

/**
 * Frames that count as one request though no message ends with them. Who sends messages in fragments of some KiB does not notice;
 * fragments of a byte, or pings without end, would else cost as much as messages that the limits refuse.
 */
const extraFramesPerRequest = 16;

/** What reading needs. */
export interface SocketReadingOptions {
  readonly socket: { readonly pause: () => void; readonly resume: () => void };
  readonly limits: Pick<Limits, "charge" | "owedMs">;
  readonly clock: Pick<Clock, "now" | "after">;
  /** Whose limits count. */
  readonly keys: () => Keys;
}

/** Whether a WebSocket is read: not while a token of it is checked, nor while it has sent more frames than it may. */
export class SocketReading {
  readonly #options: SocketReadingOptions;
  #pauses = 0;
  #cancelHold: (() => void) | undefined;

  constructor(options: SocketReadingOptions) {
    this.#options = options;
  }

  /** Reads no more, until `resume` was called as often as this. */
  pause(): void {
    this.#pauses += 1;
    this.#options.socket.pause();
  }

  resume(): void {
    this.#pauses -= 1;
    if (this.#pauses === 0) this.#options.socket.resume();
  }

  /** Counts frames that no message ended with. Beyond the limits nothing is read until they allow the next request. */
  count(extraFrames: number): void {
    const { limits, clock, keys } = this.#options;
    const now = clock.now();
    limits.charge(keys(), extraFrames / extraFramesPerRequest, now);
    if (this.#cancelHold) return;
    const delayMs = limits.owedMs(keys(), now);
    if (delayMs === 0) return;
    this.pause();
    this.#cancelHold = clock.after(delayMs, () => {
      this.#cancelHold = undefined;
      this.resume();
    });
  }

  /** The socket has closed. */
  close(): void {
    this.#cancelHold?.();
  }
}
