import type { Clock } from "./clock.ts";
import type { Instance } from "./instance.ts";
import { List, type ListNode } from "./list.ts";
import type { RoleIdentity } from "./role-identity.ts";

/** How long an idle activity is remembered, in milliseconds: twice the default deadline of a message, so that late ones still find its instance. */
const idleMs = 60_000;
/** What an activity costs: measured for a Map of 36-character strings on Node 24, with its places in two lists, rounded up. */
const activityBytes = 800;
/** What each further role of it costs. */
const instanceBytes = 24;

interface Entry {
  readonly activity: string;
  /** At most one of each role. */
  readonly instances: Instance[];
  /** For each of them, the number of the message that was given to it and alone made it take part; 0 once anything else did. */
  readonly madeBy: number[];
  usedAtMs: number;
  place: ListNode<Entry> | undefined;
}

/**
 * Which instances take part in which activity: one of each role. Kept only for roles with several instances, bounded in
 * bytes: the activity that was idle longest is forgotten first, and counted.
 */
export class ActivityAffinity {
  readonly #clock: Clock;
  readonly #maxBytes: number;
  readonly #entries = new Map<string, Entry>();
  /**
   * Least recently used first. A Map keeps the order of its keys as well, but looks at everything that was deleted before
   * it finds its first: 20 µs with 30,000 activities.
   */
  readonly #byUse = new List<Entry>();
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
  get(activity: string, role: RoleIdentity): Instance | undefined {
    const entry = this.#entries.get(activity);
    if (!entry) return undefined;
    if (this.#clock.nowMs() - entry.usedAtMs > idleMs) {
      this.#forget(entry);
      return undefined;
    }
    const instance = entry.instances.find((each) => each.role === role);
    return instance?.isAttached ? instance : undefined;
  }

  /** An instance sent a message of an activity, or is given the one with the number `given`. */
  touch(activity: string, instance: Instance, given = 0): void {
    const now = this.#clock.nowMs();
    this.#forgetIdle(now);
    const { instances, madeBy } = this.#use(activity, now);
    const place = instances.findIndex(({ role }) => role === instance.role);
    if (place === -1) {
      instances.push(instance);
      madeBy.push(given);
      this.#bytes += instanceBytes;
    } else {
      madeBy[place] = instances[place] === instance ? 0 : given;
      instances[place] = instance;
    }
    while (this.#bytes > this.#maxBytes && this.#byUse.size > 1) {
      this.#forget(this.#byUse.first as Entry);
      this.evictions += 1;
    }
  }

  /** An instance has not seen the message that it was given. If that alone made it take part in the activity, it does no longer. */
  forgetGiven(activity: string, instance: Instance, given: number): void {
    const entry = this.#entries.get(activity);
    const place = entry?.instances.indexOf(instance) ?? -1;
    if (!entry || place === -1 || entry.madeBy[place] !== given) return;
    entry.instances.splice(place, 1);
    entry.madeBy.splice(place, 1);
    this.#bytes -= instanceBytes;
    if (entry.instances.length === 0) this.#forget(entry);
  }

  clear(): void {
    for (const { value } of this.#byUse.nodes()) this.#forget(value);
  }

  /** The entry of an activity, made the most recent one. */
  #use(activity: string, now: number): Entry {
    let entry = this.#entries.get(activity);
    // What was idle too long is not carried over.
    if (entry && now - entry.usedAtMs > idleMs) {
      this.#forget(entry);
      entry = undefined;
    }
    if (!entry) return this.#add(activity, now);
    entry.usedAtMs = now;
    entry.place?.remove();
    entry.place = this.#byUse.push(entry);
    return entry;
  }

  #add(activity: string, now: number): Entry {
    const entry: Entry = { activity, instances: [], madeBy: [], usedAtMs: now, place: undefined };
    entry.place = this.#byUse.push(entry);
    this.#entries.set(activity, entry);
    this.#bytes += activityBytes;
    return entry;
  }

  #forget(entry: Entry): void {
    this.#entries.delete(entry.activity);
    entry.place?.remove();
    this.#bytes -= activityBytes + entry.instances.length * instanceBytes;
  }

  /** Two per touch: so the idle ones leave faster than new ones come, and no timer is needed. */
  #forgetIdle(now: number): void {
    for (let looked = 0; looked < 2; looked += 1) {
      const oldest = this.#byUse.first;
      if (!oldest || now - oldest.usedAtMs <= idleMs) return;
      this.#forget(oldest);
    }
  }
}
