import type { Clock } from "./clock.ts";
import { List, type ListNode } from "./list.ts";

/** Width of a slot. Deadlines are seconds long; nobody misses 16 ms, and a slot amortises the timer over all in it. */
const slotMs = 16;
/** Slots of the wheel: one turn is 32.8 s, longer than the default deadline, so that hardly an entry is looked at twice. */
const slotCount = 2048;
/**
 * Timers that run in one go, 5 to 10 µs each where a message expires. A flood of messages that all expire at one moment would else
 * keep the broker from everything else for as long as it takes to say so of each: a second for 100,000 of them.
 */
const maxRunsOfTick = 500;

interface Entry {
  readonly atMs: number;
  readonly run: () => void;
}

/** A timer that has been set. */
export interface Timer {
  /** Calls it off. Does nothing once it has run. */
  cancel(): void;
}

/** A timer that never runs: no slot is kept busy for it. */
const never: Timer = { cancel() {} };

/**
 * Many timers for the price of one: setting and calling off are constant time, and the platform sees a single timer.
 * A timer runs up to two slots (32 ms) late, never early; where very many are due at once, other work gets its turn in between.
 */
export class TimerWheel {
  readonly #clock: Clock;
  readonly #slots: List<Entry>[] = Array.from({ length: slotCount }, () => new List<Entry>());
  /** The next slot to be looked at, counted from the clock's zero. */
  #position: number;
  #size = 0;
  #isTicking = false;
  #cancelTick: (() => void) | undefined;
  /** What is due of the slot at hand, and the next of them to run. */
  #due: ListNode<Entry>[] = [];
  #nextDue = 0;
  /** How many have run in this tick. */
  #ran = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#position = Math.floor(clock.nowMs() / slotMs);
  }

  /** The time by which it runs, in milliseconds of the clock. */
  get nowMs(): number {
    return this.#clock.nowMs();
  }

  /** Timers that have not run yet. */
  get size(): number {
    return this.#size;
  }

  /** Runs `run` at `atMs` of the clock; never, if that is infinite. */
  add(atMs: number, run: () => void): Timer {
    if (atMs === Number.POSITIVE_INFINITY) return never;
    // Nothing was missed while there was nothing. In a tick the position has been moved on already.
    if (this.#size === 0 && !this.#isTicking) this.#position = Math.floor(this.#clock.nowMs() / slotMs);
    const node = this.#slot(Math.max(Math.ceil(atMs / slotMs), this.#position)).push({ atMs, run });
    this.#size += 1;
    this.#cancelTick ??= this.#clock.after(slotMs, () => this.#tick());
    return {
      cancel: () => {
        if (node.remove()) this.#size -= 1;
      },
    };
  }

  /** Forgets every timer. */
  close(): void {
    this.#cancelTick?.();
    this.#cancelTick = undefined;
    for (const slot of this.#slots) while (slot.shift());
    this.#due = [];
    this.#nextDue = 0;
    this.#size = 0;
  }

  #slot(position: number): List<Entry> {
    return this.#slots[position % slotCount] as List<Entry>;
  }

  #tick(): void {
    this.#cancelTick = undefined;
    const now = this.#clock.nowMs();
    const end = Math.floor(now / slotMs);
    // After a long pause one whole turn sees every slot; going round more often would see the same ones again.
    this.#position = Math.max(this.#position, end - slotCount + 1);
    this.#isTicking = true;
    let isThrough = this.#runDue();
    while (isThrough && this.#position <= end) {
      // Moved on before the slot is run, so that a timer set by one that runs goes to a later slot.
      this.#position += 1;
      this.#collect(this.#slot(this.#position - 1), now);
      isThrough = this.#runDue();
    }
    this.#ran = 0;
    this.#isTicking = false;
    if (this.#size > 0) this.#cancelTick ??= this.#clock.after(isThrough ? slotMs : 0, () => this.#tick());
  }

  /** Moves the due timers of a slot to those that run next. The others belong to a later turn of the wheel and stay. */
  #collect(slot: List<Entry>, now: number): void {
    this.#due = [];
    for (const node of slot.nodes()) if (node.value.atMs <= now) this.#due.push(node);
  }

  /** Runs what was collected. False: as many have run in this tick as may, and some are left. */
  #runDue(): boolean {
    while (this.#nextDue < this.#due.length) {
      if (this.#ran >= maxRunsOfTick) return false;
      const node = this.#due[this.#nextDue++] as ListNode<Entry>;
      if (!node.remove()) continue;
      this.#size -= 1;
      this.#ran += 1;
      node.value.run();
    }
    this.#due = [];
    this.#nextDue = 0;
    return true;
  }
}
