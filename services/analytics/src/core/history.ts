import { type BusView, busView, failures } from "./bus-view.ts";
import { merged, mergedBounds, quantile, sumOf } from "./histogram.ts";
import { between, type Sample } from "./sample.ts";

/** How long a slot of the history is, in milliseconds: 720 of them make an hour. */
export const slotMs = 5_000;

/** Samples over which the rates of the live view are taken: five seconds, or a single burst would make it flicker. */
const liveSamples = 6;

/** A point of the timeline. */
export interface TimelinePoint {
  readonly at: number;
  readonly published: number;
  readonly failed: number;
  readonly retried: number;
  readonly oldestMs: number;
}

/** Which latencies to show, of which time. */
export interface LatencyQuery {
  readonly from: number;
  readonly to: number;
  /** The receiving role, and the application's name of the message. Absent: all. */
  readonly role?: string | undefined;
  readonly name?: string | undefined;
}

/** A column of a heatmap. Times in milliseconds. */
export interface LatencyColumn {
  readonly at: number;
  readonly counts: readonly number[];
  readonly p50?: number | undefined;
  readonly p99?: number | undefined;
}

/** Latencies over time. */
export interface LatencyView {
  /** Upper bounds of the buckets in milliseconds. */
  readonly bounds: readonly number[];
  readonly columns: readonly LatencyColumn[];
  readonly count: number;
  readonly p50?: number | undefined;
  readonly p90?: number | undefined;
  readonly p99?: number | undefined;
  readonly p999?: number | undefined;
}

/** How long what waited for a role waited, over time. */
export interface QueueView {
  readonly role: string;
  readonly points: readonly {
    readonly at: number;
    readonly waiting: number;
    readonly oldestMs: number;
    readonly inFlight: number;
    readonly instances: number;
  }[];
}

/** The last hour of the bus in slots of five seconds, and the last seconds of it as they come. */
export class History {
  readonly #keepMs: number;
  readonly #onSlot: (slot: Sample) => void;
  #slots: Sample[];
  #recent: Sample[] = [];
  #slotStart: Sample | undefined;
  #worst = new Map<string, { waiting: number; oldestMs: number }>();

  /** `slots`: those that were kept, the oldest first. `onSlot` is told of each that is complete. */
  constructor(keepMs: number, slots: readonly Sample[], onSlot: (slot: Sample) => void) {
    this.#keepMs = keepMs;
    this.#slots = [...slots];
    this.#onSlot = onSlot;
  }

  /** The latest sample of the bus. */
  get last(): Sample | undefined {
    return this.#recent.at(-1);
  }

  /** Takes what the bus has counted so far. */
  add(sample: Sample): void {
    if (this.last?.epoch !== sample.epoch) {
      this.#recent = [];
      this.#slotStart = undefined;
    }
    this.#recent = [...this.#recent.slice(1 - liveSamples), sample];
    this.#slotStart ??= sample;
    for (const { role, waiting, oldestMs } of sample.roles) {
      const worst = this.#worst.get(role) ?? { waiting: 0, oldestMs: 0 };
      const now = { waiting: Math.max(waiting, worst.waiting), oldestMs: Math.max(oldestMs, worst.oldestMs) };
      this.#worst.set(role, now);
    }
    if (sample.at - this.#slotStart.at >= slotMs - 50) this.#closeSlot(sample);
  }

  /** The bus of the last seconds. Undefined before anything is known. */
  live(): BusView | undefined {
    const [first, last] = [this.#recent[0], this.last];
    if (!first || !last) return undefined;
    const seconds = Math.max(1, (last.at - first.at) / 1000);
    const counted = first === last ? between(last, last) : between(first, last);
    return busView(counted, seconds, last);
  }

  /** The bus as it was at a time, by the slot around it. */
  at(time: number): BusView | undefined {
    const slot = this.#slots.findLast(({ at }) => at - slotMs <= time);
    return slot && busView(slot, slotMs / 1000, this.last?.epoch === slot.epoch ? this.last : slot);
  }

  /** How much happened, slot by slot. */
  timeline(): TimelinePoint[] {
    return this.#slots.map((slot) => {
      const { at, published, failed, retried, roles } = busView(slot, slotMs / 1000);
      return { at, published, failed, retried, oldestMs: Math.max(0, ...roles.map(({ oldestMs }) => oldestMs)) };
    });
  }

  /** Latencies over time. */
  latencies({ from, to, role, name }: LatencyQuery): LatencyView {
    const bounds = (this.last ?? this.#slots.at(-1))?.bounds ?? [];
    const inMs = (counts: readonly number[], share: number) => {
      const seconds = quantile(bounds, counts, share);
      return seconds === undefined ? undefined : seconds * 1000;
    };
    let all: number[] = [];
    const columns = this.#within(from, to).map((slot): LatencyColumn => {
      let counts: number[] = new Array(bounds.length + 1).fill(0);
      for (const { role: receiver, received } of slot.roles) {
        if (role !== undefined && role !== receiver) continue;
        for (const { publicName, latency } of received)
          if (name === undefined || name === publicName) counts = sumOf(counts, latency);
      }
      all = sumOf(all, counts);
      return { at: slot.at, counts, p50: inMs(counts, 0.5), p99: inMs(counts, 0.99) };
    });
    const count = all.reduce((sum, each) => sum + each, 0);
    const shares = { p50: inMs(all, 0.5), p90: inMs(all, 0.9), p99: inMs(all, 0.99), p999: inMs(all, 0.999) };
    const shown = columns.map((column) => ({ ...column, counts: merged(column.counts) }));
    return { bounds: mergedBounds(bounds).map((bound) => bound * 1000), columns: shown, count, ...shares };
  }

  /** What waited, role by role. */
  queues(from: number, to: number): QueueView[] {
    const slots = this.#within(from, to);
    const names = new Set(slots.flatMap(({ roles }) => roles.map(({ role }) => role)));
    return [...names].sort().map((role) => ({
      role,
      points: slots.flatMap(({ at, roles }) => {
        const found = roles.find((each) => each.role === role);
        if (!found) return [];
        const { waiting, oldestMs, inFlight, instances } = found;
        return [{ at, waiting, oldestMs, inFlight, instances: instances.length }];
      }),
    }));
  }

  /** Failures of a slot, for those who look for a time to go back to. */
  static failuresOf(slot: Sample): number {
    return slot.roles.flatMap(({ received }) => received).reduce((sum, { outcomes }) => sum + failures(outcomes), 0);
  }

  #within(from: number, to: number): Sample[] {
    return this.#slots.filter(({ at }) => at >= from && at - slotMs <= to);
  }

  #closeSlot(sample: Sample): void {
    const counted = between(this.#slotStart, sample);
    // The worst of the slot, not what was at its end: what waited for two seconds is seen.
    const roles = counted.roles.map((role) => ({ ...role, ...this.#worst.get(role.role) }));
    const slot = { ...counted, roles };
    this.#slots.push(slot);
    const oldest = slot.at - this.#keepMs;
    while ((this.#slots[0]?.at ?? oldest) < oldest) this.#slots.shift();
    this.#slotStart = sample;
    this.#worst = new Map();
    this.#onSlot(slot);
  }
}
