import type { Attached, ExoError } from "@exosphere/proto";
import { type Clock, systemClock } from "./clock.ts";
import { DeadlineWatch } from "./deadline-watch.ts";
import { confirmationGraceMs } from "./deadlines.ts";
import { InFlight } from "./in-flight.ts";
import type { OutboxEntry } from "./outbox-entry.ts";
import { expired, notSent, type OutboxLimits, outboxFull, uncertain, type WhyAway } from "./outbox-errors.ts";
import { OutboxQueue } from "./outbox-queue.ts";

/** A queue of the outbox. */
export type Queue = OutboxQueue<OutboxEntry>;

/** What an attachment carries, and where what goes by it waits. */
export type Carrier = InFlight<OutboxEntry>;

/**
 * Messages that no broker has confirmed: a queue for each destination, and what attachments carry. All links have a main queue, for the
 * broker that messages go to; an attachment that is being left gets one of its own. Half of the room is shared equally among
 * the queues, and the rest is for whichever needs it, so that a destination that is away fills no more than its own. Sequences are the
 * outbox's, so that they rise on every stream, whichever brokers there are and come back.
 */
export class Outbox {
  /** What goes to the broker that messages go to, whichever that is or will be. */
  readonly main: Queue = new OutboxQueue<OutboxEntry>();
  /** Messages of all queues. */
  messages = 0;
  /** Their bytes. */
  bytes = 0;
  readonly #limits: OutboxLimits;
  readonly #whyAway: () => WhyAway;
  readonly #onExpired: () => void;
  readonly #queues = new Set<Queue>([this.main]);
  readonly #carriers = new Set<Carrier>();
  readonly #watch: DeadlineWatch;
  #lastSequence = 0;

  /** `whyAway` says, for people, why the broker did not confirm. `onExpired` is called when messages were given up for it. */
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

  /**
   * The highest sequence up to which the broker has confirmed everything that this attachment carried, also where the stream
   * is gone and that waits. Looked for only when a link attaches.
   */
  confirmedThrough(carrier: Carrier): number {
    let through = carrier.lastConfirmed;
    for (const { sequence } of [...carrier, ...this.main.waiting]) {
      if (sequence > 0) through = Math.min(through, sequence - 1);
    }
    return through;
  }

  /** Takes a message in, to wait in its queue or to be `sent` at once. Returns QUEUE_FULL if there is no room. */
  add(entry: OutboxEntry, waits = true): ExoError | undefined {
    const { queue, bytes } = entry;
    const { maxOutboxMessages, maxOutboxBytes } = this.#limits;
    const isFull = this.messages >= maxOutboxMessages || this.bytes + bytes > maxOutboxBytes;
    // Nearly always there is one queue, which may have all of the room.
    if (isFull || (this.#queues.size > 1 && !this.#hasShare(queue, bytes))) return outboxFull(this.#limits);
    this.messages += 1;
    this.bytes += bytes;
    queue.count(entry, 1);
    if (waits) queue.waiting.add(entry);
    this.#watch.watch(entry.dueMs);
    return undefined;
  }

  /** What a new attachment carries: nothing yet. It takes what waits in the main queue. */
  carrier(lastConfirmed = 0): Carrier {
    const carrier = new InFlight<OutboxEntry>(lastConfirmed, this.main, (entry) => this.#ended(entry, undefined));
    this.#carriers.add(carrier);
    return carrier;
  }

  /** Gives what an attachment carries a queue of its own, as the main queue is another's from now on. */
  separate(carrier: Carrier): void {
    const queue = new OutboxQueue<OutboxEntry>();
    this.#queues.add(queue);
    carrier.queue = queue;
    for (const entry of carrier) moveTo(queue, entry);
  }

  /** A message is put into a frame of the attachment that has this carrier. Returns its sequence. */
  sent(entry: OutboxEntry, carrier: Carrier): number {
    const { waiting } = entry.queue;
    // Nearly all are sent at once and never waited; a set looks for the hash of what it is asked for, even when it is empty.
    if (waiting.size > 0) waiting.delete(entry);
    if (entry.queue !== carrier.queue) moveTo(carrier.queue, entry);
    this.#lastSequence += 1;
    entry.sequence = this.#lastSequence;
    carrier.push(entry.sequence, entry);
    return entry.sequence;
  }

  /** Refuses one that was added, but not sent. */
  refuse(entry: OutboxEntry, error: Error): void {
    entry.queue.waiting.delete(entry);
    this.#ended(entry, error);
  }

  /** Takes a message out that no broker was given yet, as its sender no longer waits. False: one may have it. */
  withdraw(entry: OutboxEntry): boolean {
    if (entry.sequence > 0 || !entry.queue.waiting.delete(entry)) return false;
    this.#ended(entry, notSent(this.#whyAway()));
    return true;
  }

  /** Those that a broker has said that it did not take wait again, before all others, for whichever messages go to. */
  waitAgain(entries: readonly OutboxEntry[]): void {
    for (const entry of entries) entry.sequence = 0;
    this.#putFirst(entries);
  }

  /**
   * The stream is gone, and the next may be to the same life of the broker. What was in a frame waits again, before all
   * others and in its order: those whose sequence is in `unsent` were never given to the stream, so they are as good as new.
   */
  rewind(carrier: Carrier, unsent: ReadonlySet<number>): void {
    const again = this.#release(carrier);
    for (const entry of again) if (unsent.has(entry.sequence)) entry.sequence = 0;
    this.#putFirst(again);
  }

  /** The stream is gone, and its broker is left for good: senders of what was given to it are told, the rest waits again. */
  giveUp(carrier: Carrier, unsent: ReadonlySet<number>): void {
    const all = this.#release(carrier);
    const isUnsent = ({ sequence }: OutboxEntry) => sequence === 0 || unsent.has(sequence);
    this.waitAgain(all.filter(isUnsent));
    for (const entry of all) if (entry.sequence > 0) this.#ended(entry, uncertain());
  }

  /**
   * Another life of a broker is attached: what an earlier one was given and did not confirm may have been published, and
   * must not be published twice. Its senders are told.
   */
  giveUpUncertain(): void {
    for (const entry of this.main.takeOut(({ sequence }) => sequence > 0)) this.#ended(entry, uncertain());
  }

  /**
   * Those that wait and were taken before the connection broke: done, without being sent again, but for those that are
   * undecided, which are confirmed later. The others are as good as new. Sequences may skip, but never fall: they are given
   * new ones, in the order in which they are sent.
   */
  settleTaken(
    { takenThrough, undecided }: Pick<Attached, "takenThrough" | "undecided">,
    carrier: Carrier,
    refusalOf: (sequence: number) => Error | undefined,
  ): void {
    const open = new Set(undecided);
    const taken = this.main.takeOut(({ sequence }) => sequence > 0 && sequence <= takenThrough);
    for (const entry of this.main.waiting) entry.sequence = 0;
    for (const entry of taken) if (open.has(entry.sequence)) carrier.push(entry.sequence, entry);
    for (const entry of taken) if (!open.has(entry.sequence)) this.#ended(entry, refusalOf(entry.sequence));
  }

  /** Refuses those that wait for the broker that messages go to. */
  refuseWaiting(error: Error): void {
    for (const entry of this.main.takeOut(() => true)) this.#ended(entry, error);
  }

  /** Refuses everything. */
  close(error: Error): void {
    this.#watch.close();
    const carried = [...this.#carriers].flatMap((carrier) => carrier.takeAll());
    const waiting = [...this.#queues].flatMap((queue) => queue.takeOut(() => true));
    for (const entry of [...carried, ...waiting]) this.#ended(entry, error);
  }

  /** Whether a queue may have `bytes` more beside the others: what is kept free for them is not for it. */
  #hasShare(queue: Queue, bytes: number): boolean {
    const { maxOutboxMessages, maxOutboxBytes } = this.#limits;
    const shares = 2 * this.#queues.size;
    let [othersMessages, othersBytes] = [0, 0];
    for (const other of this.#queues) {
      if (other === queue) continue;
      othersMessages += Math.max(other.messages, maxOutboxMessages / shares);
      othersBytes += Math.max(other.bytes, maxOutboxBytes / shares);
    }
    return (
      queue.messages + 1 + othersMessages <= maxOutboxMessages && queue.bytes + bytes + othersBytes <= maxOutboxBytes
    );
  }

  /** The stream of a carrier is gone: all that was in it or waited for it, in its order, on its way to the main queue. */
  #release(carrier: Carrier): OutboxEntry[] {
    this.#carriers.delete(carrier);
    const all = carrier.takeAll();
    const { queue } = carrier;
    if (queue === this.main) return all;
    this.#queues.delete(queue);
    all.push(...queue.takeOut(() => true));
    for (const entry of all) moveTo(this.main, entry);
    return all;
  }

  #putFirst(entries: readonly OutboxEntry[]): void {
    for (const entry of entries) if (entry.queue !== this.main) moveTo(this.main, entry);
    this.main.putFirst(entries);
  }

  #ended(entry: OutboxEntry, error: Error | undefined): void {
    this.messages -= 1;
    this.bytes -= entry.bytes;
    entry.queue.count(entry, -1);
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
    for (const { waiting } of this.#queues) for (const entry of waiting) look(entry, 0);
    for (const entry of due) {
      entry.queue.waiting.delete(entry);
      for (const carrier of this.#carriers) carrier.take(entry.sequence);
    }
    for (const entry of due) this.#ended(entry, expired(this.#whyAway()));
    if (due.length > 0) this.#onExpired();
    return next;
  }
}

/** An entry is on its way to another destination. */
function moveTo(queue: Queue, entry: OutboxEntry): void {
  entry.queue.count(entry, -1);
  entry.queue = queue;
  queue.count(entry, 1);
}
