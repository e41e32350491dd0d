import { type Attached, ExoError, type Publish } from "@exosphere/proto";
import { DeadlineWatch } from "./deadline-watch.ts";
import type { Accepted } from "./outgoing.ts";
import { SentWindow } from "./sent-window.ts";
import { brokerUnavailable } from "./wire-error.ts";

/** A message that the broker has not confirmed yet. */
export interface OutboxEntry {
  readonly name: string;
  readonly publish: Publish;
  readonly bytes: number;
  /** Until when its sender waits, in milliseconds of `performance.now()`. */
  readonly dueMs: number;
  /** The life of the broker that its return path is good for, if it has one. */
  readonly returnEpoch: string;
  readonly accepted: Accepted;
  /** Its place in the order of publishes, once it was put into a frame. 0: it waits. */
  sequence: number;
}

/** What an outbox holds at the most. */
export interface OutboxLimits {
  readonly maxOutboxMessages: number;
  readonly maxOutboxBytes: number;
}

/** Messages that the broker has not confirmed: first those that are on their way, in their order, then those that wait. */
export class Outbox {
  readonly #limits: OutboxLimits;
  readonly #whyAway: () => string;
  readonly #onExpired: () => void;
  readonly #sent = new SentWindow<OutboxEntry>();
  #waiting = new Set<OutboxEntry>();
  readonly #watch = new DeadlineWatch((now) => this.#sweep(now));
  #bytes = 0;
  #lastSequence = 0;
  /** The highest sequence that is confirmed. One before it may not be. */
  #lastConfirmed = 0;
  /** `whyAway` says, for people, why the broker did not confirm. `onExpired` hears when messages were given up for it. */
  constructor(limits: OutboxLimits, whyAway: () => string, onExpired: () => void = () => {}) {
    this.#limits = limits;
    this.#whyAway = whyAway;
    this.#onExpired = onExpired;
  }

  get messages(): number {
    return this.#sent.size + this.#waiting.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The highest sequence up to which everything is confirmed. Looked for only when a link attaches. */
  get confirmedThrough(): number {
    let through = this.#lastConfirmed;
    for (const { sequence } of [...this.#sent, ...this.#waiting]) {
      if (sequence > 0) through = Math.min(through, sequence - 1);
    }
    return through;
  }

  /** Whether something waits to be put into a frame. */
  get hasWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** Those that wait, oldest first. */
  waiting(): Iterable<OutboxEntry> {
    return this.#waiting;
  }

  /** Takes a message in, to wait or to be `sent` at once. Returns QUEUE_FULL if there is no room. */
  add(entry: OutboxEntry, waits = true): ExoError | undefined {
    const { maxOutboxMessages, maxOutboxBytes } = this.#limits;
    if (this.messages >= maxOutboxMessages || this.#bytes + entry.bytes > maxOutboxBytes)
      return outboxFull(this.#limits);
    this.#bytes += entry.bytes;
    if (waits) this.#waiting.add(entry);
    this.#watch.watch(entry.dueMs);
    return undefined;
  }

  /** A waiting message is put into a frame. Returns its sequence. */
  sent(entry: OutboxEntry): number {
    this.#waiting.delete(entry);
    if (entry.sequence === 0) {
      this.#lastSequence += 1;
      entry.sequence = this.#lastSequence;
    }
    this.#sent.push(entry.sequence, entry);
    return entry.sequence;
  }

  /** The broker has dealt with one. */
  settle(sequence: number, error?: Error): void {
    const entry = this.#sent.take(sequence);
    if (!entry) return;
    this.#bytes -= entry.bytes;
    entry.accepted(error);
  }

  /** The broker has dealt with a run of them, apart from those that were settled before. */
  settleRun(first: number, last: number): void {
    const end = Math.min(last, this.#lastSequence);
    for (let sequence = first; sequence <= end; sequence += 1) this.settle(sequence);
    this.#lastConfirmed = Math.max(this.#lastConfirmed, end);
  }

  /** Refuses one that was added, but not sent. */
  refuse(entry: OutboxEntry, error: Error): void {
    this.#waiting.delete(entry);
    this.#bytes -= entry.bytes;
    entry.accepted(error);
  }

  /**
   * The stream is gone. What was in a frame waits again, before all others and in its order: those whose sequence is in
   * `unsent` were never given to the stream, so they are as good as new.
   */
  rewind(unsent: ReadonlySet<number>): void {
    const again = this.#sent.takeAll();
    for (const entry of again) if (unsent.has(entry.sequence)) entry.sequence = 0;
    this.#waiting = new Set([...again, ...this.#waiting]);
    // Deliveries are numbered anew on the next stream: what caused these is not among them.
    for (const { publish } of this.#waiting) publish.cause = 0;
  }

  /**
   * Another life of a broker is attached: what an earlier one was given and did not confirm may have been published, and
   * must not be published twice. Its senders are told.
   */
  giveUpUncertain(): void {
    const error = brokerUnavailable(
      "The broker went away before it confirmed. The message may have been taken, or not.",
    );
    for (const entry of this.#takeOut(({ sequence }) => sequence > 0)) entry.accepted(error);
  }

  /**
   * Those that wait and were taken before the connection broke: done, without being sent again, but for those that are
   * undecided, which are confirmed later. The others are as good as new. Sequences may skip, but never fall: they are given
   * new ones, in the order in which they are sent.
   */
  settleTaken(
    { takenThrough, undecided }: Pick<Attached, "takenThrough" | "undecided">,
    refusalOf: (sequence: number) => Error | undefined,
  ): void {
    this.#lastConfirmed = Math.max(this.#lastConfirmed, Math.min(takenThrough, this.#lastSequence));
    const open = new Set(undecided);
    const taken: OutboxEntry[] = [];
    for (const entry of this.#waiting) {
      if (entry.sequence === 0 || entry.sequence > takenThrough) entry.sequence = 0;
      else {
        this.#waiting.delete(entry);
        if (open.has(entry.sequence)) this.#sent.push(entry.sequence, entry);
        else taken.push(entry);
      }
    }
    for (const { bytes } of taken) this.#bytes -= bytes;
    for (const entry of taken) entry.accepted(refusalOf(entry.sequence));
  }

  /** Refuses those that wait. */
  refuseWaiting(error: Error): void {
    for (const entry of this.#takeOut(() => true)) entry.accepted(error);
  }

  /** Refuses everything. */
  close(error: Error): void {
    this.#watch.close();
    const all = [...this.#sent.takeAll(), ...this.#waiting];
    this.#waiting.clear();
    this.#bytes = 0;
    for (const entry of all) entry.accepted(error);
  }

  /** Takes those out that wait and that `isWanted` names. Before anybody is told, as they may send again at once. */
  #takeOut(isWanted: (entry: OutboxEntry) => boolean): OutboxEntry[] {
    const taken = [...this.#waiting].filter(isWanted);
    for (const entry of taken) {
      this.#waiting.delete(entry);
      this.#bytes -= entry.bytes;
    }
    return taken;
  }

  #sweep(now: number): number {
    const before = this.messages;
    let next = Number.POSITIVE_INFINITY;
    for (const entry of [...this.#sent, ...this.#waiting]) {
      if (entry.dueMs > now) next = Math.min(next, entry.dueMs);
      else this.#expire(entry);
    }
    if (this.messages < before) this.#onExpired();
    return next;
  }

  #expire(entry: OutboxEntry): void {
    this.#waiting.delete(entry);
    this.#sent.take(entry.sequence);
    this.#bytes -= entry.bytes;
    entry.accepted(brokerUnavailable(this.#whyAway()));
  }
}

function outboxFull({ maxOutboxMessages, maxOutboxBytes }: OutboxLimits): ExoError {
  const detail = `The broker has not confirmed what was sent before, and no more than ${maxOutboxMessages} messages or ${maxOutboxBytes} bytes wait for it. Send more slowly, or try again later.`;
  return new ExoError("QUEUE_FULL", detail, { retryAfterMs: 1000, facts: { limit: maxOutboxMessages } });
}
