import type { Clock } from "./clock.ts";
import type { Instance } from "./instance.ts";
import type { Role } from "./role.ts";

/** How long an idle activity is remembered, in milliseconds. CONTRACTS section 4. */
const idleMs = 60_000;
/** What an activity costs: measured for a Map of 36-character strings on Node 24, with a list of one, rounded up. */
const activityBytes = 700;
/** What each further role of it costs. */
const instanceBytes = 16;

interface Entry {
  /** At most one of each role. */
  readonly instances: Instance[];
  usedAtMs: number;
}

/**
 * Which instances take part in which activity: one of each role. Kept only for roles with several instances, bounded in
 * bytes: the activity that was idle longest is forgotten first, and counted.
 */
export class ActivityAffinity {
  readonly #clock: Clock;
  readonly #maxBytes: number;
  /** Least recently used first, as a Map keeps the order in which its keys were set. */
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;
  /** Activities that were forgotten for want of space. */
  evictions = 0;

  constructor(clock: Clock, maxBytes: number) {
    this.#clock = clock;
    this.#maxBytes = Math.max(activityBytes, maxBytes);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The role's instance that takes part in an activity, unless it left or the activity has been idle. */
  get(activity: string, role: Role): Instance | undefined {
    const entry = this.#entries.get(activity);
    if (!entry) return undefined;
    if (this.#clock.nowMs() - entry.usedAtMs > idleMs) {
      this.#forget(activity, entry);
      return undefined;
    }
    const instance = entry.instances.find((each) => each.role === role);
    return instance?.isAttached ? instance : undefined;
  }

  /** An instance sent or received a message of an activity. */
  touch(activity: string, instance: Instance): void {
    const now = this.#clock.nowMs();
    const entry = this.#take(activity, now);
    const place = entry.instances.findIndex(({ role }) => role === instance.role);
    if (place === -1) {
      entry.instances.push(instance);
      this.#bytes += instanceBytes;
    } else entry.instances[place] = instance;
    this.#forgetIdle(now);
    while (this.#bytes > this.#maxBytes && this.#entries.size > 1) {
      const [oldest, its] = this.#entries.entries().next().value as [string, Entry];
      this.#forget(oldest, its);
      this.evictions += 1;
    }
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }

  /** The entry of an activity, made the most recent one. */
  #take(activity: string, now: number): Entry {
    const known = this.#entries.get(activity);
    if (known) this.#forget(activity, known);
    // What was idle too long is not carried over.
    const entry = known && now - known.usedAtMs <= idleMs ? known : { instances: [], usedAtMs: now };
    entry.usedAtMs = now;
    this.#entries.set(activity, entry);
    this.#bytes += bytesOf(entry);
    return entry;
  }

  #forget(activity: string, entry: Entry): void {
    this.#entries.delete(activity);
    this.#bytes -= bytesOf(entry);
  }

  /** Two per touch: so the idle ones leave faster than new ones come, and no timer is needed. */
  #forgetIdle(now: number): void {
    let looked = 0;
    for (const [activity, entry] of this.#entries) {
      if (looked === 2 || now - entry.usedAtMs <= idleMs) return;
      this.#forget(activity, entry);
      looked += 1;
    }
  }
}

function bytesOf({ instances }: Entry): number {
  return activityBytes + instances.length * instanceBytes;
}
