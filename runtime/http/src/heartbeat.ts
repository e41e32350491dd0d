/** How often a peer is asked whether it is there. */
export interface HeartbeatTimes {
  /** Between two pings, in milliseconds. */
  readonly pingEveryMs: number;
  /** Until the answer, in milliseconds; less than `pingEveryMs`. */
  readonly pongWithinMs: number;
}

/** Times of a WebSocket: proxies end connections that are silent for 60 s, and the next ping must not overtake the answer. */
export const heartbeatTimes: HeartbeatTimes = { pingEveryMs: 25_000, pongWithinMs: 8_000 };

/** What a heartbeat needs. */
export interface HeartbeatOptions extends HeartbeatTimes {
  /** Calls `run` once, `delayMs` from now. Returns what calls it off. */
  readonly after: (delayMs: number, run: () => void) => () => void;
  readonly ping: () => void;
  /** Whether what the peer says is read at the moment. While it is not, an answer cannot come. */
  readonly isReading: () => boolean;
  /** The peer did not answer. Called once. */
  readonly vanished: () => void;
}

/** Finds out that a peer is gone that never said so. */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #hasAnswered = false;
  #cancel: () => void;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#cancel = options.after(options.pingEveryMs, () => this.#ping());
  }

  /** Something came from the peer: it is there. */
  heard(): void {
    this.#hasAnswered = true;
  }

  close(): void {
    this.#cancel();
  }

  #ping(): void {
    const { after, ping, pongWithinMs } = this.#options;
    this.#hasAnswered = false;
    this.#cancel = after(pongWithinMs, () => this.#judge());
    ping();
  }

  #judge(): void {
    const { after, isReading, vanished, pingEveryMs, pongWithinMs } = this.#options;
    if (!this.#hasAnswered && isReading()) return vanished();
    this.#cancel = after(pingEveryMs - pongWithinMs, () => this.#ping());
  }
}
