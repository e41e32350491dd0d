import type { OutboxEntry } from "./outbox-entry.ts";
import { SentWindow } from "./sent-window.ts";

/** What one attachment has put into frames and its broker has not confirmed. */
export class InFlight {
  /** The highest sequence that is confirmed. One before it may not be. */
  lastConfirmed: number;
  readonly #window = new SentWindow<OutboxEntry>();
  readonly #ended: (entry: OutboxEntry, error?: Error) => void;
  #lastSequence: number;

  /** `ended` is told what became of an entry, once it is out. */
  constructor(lastConfirmed: number, ended: (entry: OutboxEntry, error?: Error) => void) {
    this.lastConfirmed = lastConfirmed;
    this.#lastSequence = lastConfirmed;
    this.#ended = ended;
  }

  get size(): number {
    return this.#window.size;
  }

  /** An entry was put into a frame, under its sequence. */
  add(entry: OutboxEntry): void {
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
  take(sequence: number): OutboxEntry | undefined {
    return this.#window.take(sequence);
  }

  /** Takes all out, in their order. */
  takeAll(): OutboxEntry[] {
    return this.#window.takeAll();
  }

  [Symbol.iterator](): Generator<OutboxEntry> {
    return this.#window[Symbol.iterator]();
  }
}
