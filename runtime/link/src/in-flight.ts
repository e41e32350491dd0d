import type { OutboxQueue } from "./outbox-queue.ts";
import { SentWindow } from "./sent-window.ts";

/** What must be known of an entry that is under way. */
interface Sent {
  readonly sequence: number;
  readonly bytes: number;
}

/** What one attachment has put into frames and its broker has not confirmed. */
export class InFlight<Entry extends Sent> {
  /** The highest sequence that is confirmed. One before it may not be. */
  lastConfirmed: number;
  /** Where that waits that goes by this attachment. */
  queue: OutboxQueue<Entry>;
  readonly #window = new SentWindow<Entry>();
  readonly #ended: (entry: Entry, error?: Error) => void;
  #lastSequence: number;

  /** `ended` is told what became of an entry, once it is out. */
  constructor(lastConfirmed: number, queue: OutboxQueue<Entry>, ended: (entry: Entry, error?: Error) => void) {
    this.lastConfirmed = lastConfirmed;
    this.queue = queue;
    this.#lastSequence = lastConfirmed;
    this.#ended = ended;
  }

  get size(): number {
    return this.#window.size;
  }

  /** An entry was put into a frame, under its sequence. */
  add(entry: Entry): void {
    this.#lastSequence = entry.sequence;
    this.#window.push(entry.sequence, entry);
  }

  /** The broker has dealt with one. */
  settle(sequence: number, error?: Error): void {
    const entry = this.#window.take(sequence);
    if (entry) this.#ended(entry, error);
  }

  /** The broker has dealt with a run of them, apart from those that were settled before. */
  settleRun(first: number, last: number): void {
    const end = Math.min(last, this.#lastSequence);
    // Only what is in flight is walked: a broker may name any range.
    for (let sequence = Math.max(first, this.#window.first); sequence <= end; sequence += 1) this.settle(sequence);
    this.lastConfirmed = Math.max(this.lastConfirmed, end);
  }

  /** Takes one out without telling anybody. */
  take(sequence: number): Entry | undefined {
    return this.#window.take(sequence);
  }

  /** Takes all out, in their order. */
  takeAll(): Entry[] {
    return this.#window.takeAll();
  }

  [Symbol.iterator](): Generator<Entry> {
    return this.#window[Symbol.iterator]();
  }
}
