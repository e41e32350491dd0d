import { type Attached, ExoError } from "@exosphere/proto";
import { type Clock, systemClock } from "./clock.ts";
import { DeadlineWatch } from "./deadline-watch.ts";
import { confirmationGraceMs } from "./deadlines.ts";
import { InFlight } from "./in-flight.ts";
import type { OutboxEntry } from "./outbox-entry.ts";
import { brokerUnavailable } from "./wire-error.ts";

/** Why the broker did not confirm: for people, and the error underneath. */
type WhyAway = Pick<ExoError, "detail" | "cause">;

/** What an outbox holds at the most. */
export interface OutboxLimits {
  readonly maxOutboxMessages: number;
  readonly maxOutboxBytes: number;
}

/**
 * Messages that no broker has confirmed: those that wait, in their order, and those that an attachment carries. Sequences
 * are the outbox's, so that they rise on every stream, whichever brokers there are and come back.
 */
export class Outbox {
  readonly #limits: OutboxLimits;
  readonly #whyAway: () => WhyAway;
  readonly #onExpired: () => void;
  readonly #carriers = new Set<InFlight>();
  #waiting = new Set<OutboxEntry>();
  readonly #watch: DeadlineWatch;
  #messages = 0;
  #bytes = 0;
  #lastSequence = 0;

  /** `whyAway` says, for people, why the broker did not confirm. `onExpired` hears when messages were given up for it. */
  constructor(
    limits: OutboxLimits,
    whyAway: () => WhyAway,
    onExpired: () => void = () => {},
    clock: Clock = systemClock,
  ) {
    this.#limits = limits;
    this.#whyAway = whyAway;
    this.#onExpired = onExpired;
    this.#watch = new DeadlineWatch((now) => this.#sweep(now), clock);
  }

  get messages(): number {
    return this.#messages;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * The highest sequence up to which the broker has confirmed everything that this attachment carried, also where the stream
   * is gone and that waits. Looked for only when a link attaches.
   */
  confirmedThrough(carrier: InFlight): number {
    let through = carrier.lastConfirmed;
    for (const { sequence } of [...carrier, ...this.#waiting]) {
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
    this.#messages += 1;
    this.#bytes += entry.bytes;
    if (waits) this.#waiting.add(entry);
    this.#watch.watch(entry.dueMs);
    return undefined;
  }

  /** What a new attachment carries: nothing yet. */
  carrier(lastConfirmed = 0): InFlight {
    const carrier = new InFlight(lastConfirmed, (entry, error) => this.#ended(entry, error));
    this.#carriers.add(carrier);
    return carrier;
  }

  /** A message is put into a frame of the attachment that has this carrier. Returns its sequence. */
  sent(entry: OutboxEntry, carrier: InFlight): number {
    // Nearly all are sent at once and never waited; a set looks for the hash of what it is asked for, even when it is empty.
    if (this.#waiting.size > 0) this.#waiting.delete(entry);
    this.#lastSequence += 1;
    entry.sequence = this.#lastSequence;
    carrier.add(entry);
    return entry.sequence;
  }

  /** Refuses one that was added, but not sent. */
  refuse(entry: OutboxEntry, error: Error): void {
    this.#waiting.delete(entry);
    this.#ended(entry, error);
  }

  /** Takes a message out that no broker was given yet, as its sender no longer waits. False: one may have it. */
  withdraw(entry: OutboxEntry): boolean {
    if (entry.sequence > 0 || !this.#waiting.delete(entry)) return false;
    this.#ended(entry, notSent(this.#whyAway()));
    return true;
  }

  /** Those that a broker has said that it did not take wait again, before all others. */
  waitAgain(entries: readonly OutboxEntry[]): void {
    for (const entry of entries) entry.sequence = 0;
    this.#waiting = new Set([...entries, ...this.#waiting]);
  }

  /**
   * The stream is gone, and the next may be to the same life of the broker. What was in a frame waits again, before all
   * others and in its order: those whose sequence is in `unsent` were never given to the stream, so they are as good as new.
   */
  rewind(carrier: InFlight, unsent: ReadonlySet<number>): void {
    this.#carriers.delete(carrier);
    const again = carrier.takeAll();
    for (const entry of again) if (unsent.has(entry.sequence)) entry.sequence = 0;
    this.#waiting = new Set([...again, ...this.#waiting]);
  }

  /** The stream is gone, and its broker is left for good: senders of what was given to it are told, the rest waits again. */
  giveUp(carrier: InFlight, unsent: ReadonlySet<number>): void {
    this.#carriers.delete(carrier);
    const all = carrier.takeAll();
    this.waitAgain(all.filter(({ sequence }) => unsent.has(sequence)));
    for (const entry of all) if (entry.sequence > 0) this.#ended(entry, uncertain());
  }

  /**
   * Another life of a broker is attached: what an earlier one was given and did not confirm may have been published, and
   * must not be published twice. Its senders are told.
   */
  giveUpUncertain(): void {
    for (const entry of this.#takeOut(({ sequence }) => sequence > 0)) this.#ended(entry, uncertain());
  }

  /**
   * Those that wait and were taken before the connection broke: done, without being sent again, but for those that are
   * undecided, which are confirmed later. The others are as good as new. Sequences may skip, but never fall: they are given
   * new ones, in the order in which they are sent.
   */
  settleTaken(
    { takenThrough, undecided }: Pick<Attached, "takenThrough" | "undecided">,
    carrier: InFlight,
    refusalOf: (sequence: number) => Error | undefined,
  ): void {
    const open = new Set(undecided);
    const taken = this.#takeOut(({ sequence }) => sequence > 0 && sequence <= takenThrough);
    for (const entry of this.#waiting) entry.sequence = 0;
    for (const entry of taken) if (open.has(entry.sequence)) carrier.add(entry);
    for (const entry of taken) if (!open.has(entry.sequence)) this.#ended(entry, refusalOf(entry.sequence));
  }

  /** Refuses those that wait. */
  refuseWaiting(error: Error): void {
    for (const entry of this.#takeOut(() => true)) this.#ended(entry, error);
  }

  /** Refuses everything. */
  close(error: Error): void {
    this.#watch.close();
    const all = [...[...this.#carriers].flatMap((carrier) => carrier.takeAll()), ...this.#waiting];
    this.#waiting.clear();
    for (const entry of all) this.#ended(entry, error);
  }

  /** Takes those out that wait and that `isWanted` names. Before anybody is told, as they may send again at once. */
  #takeOut(isWanted: (entry: OutboxEntry) => boolean): OutboxEntry[] {
    const taken = [...this.#waiting].filter(isWanted);
    for (const entry of taken) this.#waiting.delete(entry);
    return taken;
  }

  #ended(entry: OutboxEntry, error: Error | undefined): void {
    this.#messages -= 1;
    this.#bytes -= entry.bytes;
    entry.accepted(error, entry);
  }

  #sweep(now: number): number {
    const due: OutboxEntry[] = [];
    let next = Number.POSITIVE_INFINITY;
    const look = (entry: OutboxEntry, graceMs: number): void => {
      const dueMs = entry.dueMs + graceMs;
      if (dueMs > now) next = Math.min(next, dueMs);
      else due.push(entry);
    };
    for (const carrier of this.#carriers) for (const entry of carrier) look(entry, confirmationGraceMs);
    for (const entry of this.#waiting) look(entry, 0);
    for (const entry of due) {
      this.#waiting.delete(entry);
      for (const carrier of this.#carriers) carrier.take(entry.sequence);
    }
    for (const entry of due) this.#ended(entry, expired(this.#whyAway()));
    if (due.length > 0) this.#onExpired();
    return next;
  }
}

/** The errors of what was never confirmed, each of its own, with what is known of why. */
function expired({ detail, cause }: WhyAway): ExoError {
  return brokerUnavailable(detail, cause);
}

function notSent({ detail, cause }: WhyAway): ExoError {
  return brokerUnavailable(`Its sender no longer waits. It was not sent: ${detail}`, cause);
}

function uncertain(): ExoError {
  return brokerUnavailable("The broker went away before it confirmed. The message may have been taken, or not.");
}

function outboxFull({ maxOutboxMessages, maxOutboxBytes }: OutboxLimits): ExoError {
  const detail = `The broker has not confirmed what was sent before, and no more than ${maxOutboxMessages} messages or ${maxOutboxBytes} bytes wait for it. Send more slowly, or try again later.`;
  return new ExoError("QUEUE_FULL", detail, { retryAfterMs: 1000, facts: { limit: maxOutboxMessages } });
}
