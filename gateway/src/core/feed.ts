import type { Session } from "./session.ts";
import { frameOf } from "./session-window.ts";

/** What a connection takes. */
export interface Sink {
  /** Writes a pushed message. */
  push(offset: number, frame: string): void;
  /** Bytes that were written and not yet taken by the machine. */
  readonly waitingBytes: number;
}

/** When a client is too slow. */
export interface FeedLimits {
  /** Bytes that wait in a connection before no more is written to it. */
  readonly maxWaitingBytes: number;
  /** Bytes that were not written yet, before the client counts as slow. */
  readonly maxBacklogBytes: number;
}

/**
 * Brings a connection what is in its session's window, from an offset on. What is live and what was missed take the same way,
 * so that there is no seam between them.
 */
export class Feed {
  readonly #session: Session;
  readonly #sink: Sink;
  readonly #limits: FeedLimits;
  /** Offset of the last message that was written. */
  #sent: number;
  /** Up to here it was behind when it came: it may take its time for that. */
  readonly #behind: number;

  constructor(session: Session, sink: Sink, limits: FeedLimits, offset: number) {
    this.#session = session;
    this.#sink = sink;
    this.#limits = limits;
    this.#sent = offset;
    this.#behind = session.window.last;
  }

  /** Writes what the connection takes now. False: the client is too slow for what comes. */
  pump(): boolean {
    const { window } = this.#session;
    const sink = this.#sink;
    while (this.#sent < window.last && sink.waitingBytes < this.#limits.maxWaitingBytes) {
      const offset = this.#sent + 1;
      const entry = window.at(offset);
      // Confirmed elsewhere, or, if not, gone before it could be written.
      if (!entry) {
        if (this.#session.acked < offset) return false;
        this.#sent = Math.max(this.#sent, Math.min(this.#session.acked, window.last));
        continue;
      }
      this.#sent = offset;
      sink.push(offset, frameOf(offset, entry));
    }
    return this.#sent === window.last || this.#backlogBytes() <= this.#limits.maxBacklogBytes;
  }

  /** Bytes that came since and were not written. Only looked at while something is held back. */
  #backlogBytes(): number {
    const { window } = this.#session;
    // What was written is kept as well: as long as all of it together is little, so is the rest.
    if (window.bytes <= this.#limits.maxBacklogBytes) return window.bytes;
    let bytes = 0;
    for (let offset = window.last; offset > Math.max(this.#sent, this.#behind); offset -= 1) {
      bytes += window.at(offset)?.bytes ?? 0;
      if (bytes > this.#limits.maxBacklogBytes) break;
    }
    return bytes;
  }
}
