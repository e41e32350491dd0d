import type { OutboxQueue } from "./outbox-queue.ts";
import { SentWindow } from "./sent-window.ts";

/** What must be known of an entry that is under way. */
interface Sent {
  readonly bytes: number;
}

/** What one attachment has put into frames and its broker has not confirmed. */
export class InFlight<Entry extends Sent> extends SentWindow<Entry> {
  /** The highest sequence that is confirmed. One before it may not be. */
  lastConfirmed: number;
  /** Where that waits that goes by this attachment. */
  queue: OutboxQueue<Entry>;
  readonly #ended: (entry: Entry) => void;

  /** `ended` is notified of an entry that is confirmed, once it is out. */
  constructor(lastConfirmed: number, queue: OutboxQueue<Entry>, ended: (entry: Entry) => void) {
    super();
    this.lastConfirmed = lastConfirmed;
    this.queue = queue;
    this.#ended = ended;
  }

  /** The broker has dealt with a run of them, apart from those that were settled before. */
  settleRun(first: number, last: number): void {
    // Only what is in flight is walked: a broker may name any range.
    const end = Math.min(last, this.last);
    for (let sequence = Math.max(first, this.first); sequence <= end; sequence += 1) {
      const entry = this.take(sequence);
      if (entry) this.#ended(entry);
    }
    this.lastConfirmed = Math.max(this.lastConfirmed, end);
  }
}
