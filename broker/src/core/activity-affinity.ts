import type { Clock } from "./clock.ts";
import type { Instance } from "./instance.ts";

/** How long an idle activity is remembered, in milliseconds. CONTRACTS section 4. */
const idleMs = 60_000;
/** What an entry costs: measured for a Map of 36-character strings on Node 24, rounded up. */
const entryBytes = 600;

interface Entry {
  instance: Instance;
  usedAtMs: number;
}

/**
 * Which instance of a role takes part in which activity. Kept only for roles with several instances, bounded in bytes:
 * the activity that was idle longest is forgotten first, and counted.
 */
export class ActivityAffinity {
  readonly #clock: Clock;
  readonly #maxEntries: number;
  /** Least recently used first, as a Map keeps the order in which its keys were set. */
  readonly #entries = new Map<string, Entry>();
  /** Activities that were forgotten for want of space. */
  evictions = 0;

  constructor(clock: Clock, maxBytes: number) {
    this.#clock = clock;
    this.#maxEntries = Math.max(1, Math.floor(maxBytes / entryBytes));
  }

  get bytes(): number {
    return this.#entries.size * entryBytes;
  }

  /** The instance that takes part in an activity, unless it left or the activity has been idle. */
  get(activity: string): Instance | undefined {
    const entry = this.#entries.get(activity);
    if (!entry) return undefined;
    if (entry.instance.isAttached && this.#clock.nowMs() - entry.usedAtMs <= idleMs) return entry.instance;
    this.#entries.delete(activity);
    return undefined;
  }

  /** An instance sent or received a message of an activity. */
  touch(activity: string, instance: Instance): void {
    const now = this.#clock.nowMs();
    this.#entries.delete(activity);
    this.#entries.set(activity, { instance, usedAtMs: now });
    this.#forgetIdle(now);
    if (this.#entries.size > this.#maxEntries) {
      this.#entries.delete(this.#entries.keys().next().value as string);
      this.evictions += 1;
    }
  }

  clear(): void {
    this.#entries.clear();
  }

  /** Two per touch: so the idle ones leave faster than new ones come, and no timer is needed. */
  #forgetIdle(now: number): void {
    let looked = 0;
    for (const [activity, entry] of this.#entries) {
      if (looked === 2 || now - entry.usedAtMs <= idleMs) return;
      this.#entries.delete(activity);
      looked += 1;
    }
  }
}
