import { type Activity, addEvent, newActivity } from "./activity.ts";
import type { BusEvent } from "./bus-event.ts";

/** Where activities are kept for the long run. */
export interface ActivityArchive {
  find(id: string): Activity | undefined;
  /** Takes many at once; those that it has already are replaced. False: they could not be written now. */
  save(activities: readonly Activity[]): boolean;
}

/** Activities in memory at once: of the last seconds. Each is some kilobytes. */
const maxOpen = 10_000;

/** How long an activity stays in memory after its last event, in milliseconds. */
const idleMs = 5_000;

/** Puts events together to activities: in memory while they go on, then in the archive. */
export class ActivityLog {
  readonly #archive: ActivityArchive;
  /** Those that go on, the one that was touched last at the end. */
  readonly #open = new Map<string, Activity>();
  readonly #changed = new Set<Activity>();
  /** Activities that had to be dropped, as memory was full and the archive could not be written. */
  lost = 0;

  constructor(archive: ActivityArchive) {
    this.#archive = archive;
  }

  /** Activities in memory. */
  get size(): number {
    return this.#open.size;
  }

  /** Takes what happened. What belongs to no activity is no part of it. */
  add(event: BusEvent): void {
    const { activity: id } = event;
    if (!id) return;
    const activity = this.#open.get(id) ?? this.#archive.find(id) ?? newActivity(id, event.at);
    this.#open.delete(id);
    this.#open.set(id, activity);
    addEvent(activity, event);
    this.#changed.add(activity);
    if (this.#open.size > maxOpen) this.#shrink();
  }

  /** An activity, wherever it is. */
  find(id: string): Activity | undefined {
    return this.#open.get(id) ?? this.#archive.find(id);
  }

  /**
   * Saves what has changed, and lets go of what has been quiet; what cannot be saved stays for the next time. `now`: milliseconds
   * since 1970.
   */
  save(now: number): void {
    if (!this.#saveChanged()) return;
    for (const [id, { last }] of this.#open) {
      if (now - last < idleMs) break;
      this.#open.delete(id);
    }
  }

  #saveChanged(): boolean {
    if (this.#changed.size > 0 && !this.#archive.save([...this.#changed])) return false;
    this.#changed.clear();
    return true;
  }

  #shrink(): void {
    this.#saveChanged();
    let surplus = this.#open.size - maxOpen * 0.9;
    for (const [id, activity] of this.#open) {
      if (surplus-- <= 0) break;
      this.#open.delete(id);
      if (this.#changed.delete(activity)) this.lost += 1;
    }
  }
}
