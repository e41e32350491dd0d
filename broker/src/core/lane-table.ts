import type { Acceptance } from "./copy.ts";
import type { Lane } from "./lane.ts";
import { NumberMap } from "./number-map.ts";

/** The lanes of a role by activity: found by the hash that each message carries anyway, told apart by the activity itself. */
export class LaneTable {
  readonly #byHash = new NumberMap<Lane>();
  /** Lanes whose hash was taken by another activity's. Hardly ever any, unless somebody looks for such activities. */
  readonly #colliding = new Map<string, Lane>();

  get size(): number {
    return this.#byHash.size + this.#colliding.size;
  }

  get({ activity, activityHash }: Pick<Acceptance, "activity" | "activityHash">): Lane | undefined {
    const lane = this.#byHash.get(activityHash);
    if (lane?.activity === activity) return lane;
    return this.#colliding.size === 0 ? undefined : this.#colliding.get(activity);
  }

  add(lane: Lane): Lane {
    if (this.#byHash.get(lane.hash)) this.#colliding.set(lane.activity, lane);
    else this.#byHash.set(lane.hash, lane);
    return lane;
  }

  /** Takes a lane out, if it is in. */
  delete(lane: Lane): void {
    if (this.#byHash.get(lane.hash) === lane) this.#byHash.delete(lane.hash);
    else if (this.#colliding.get(lane.activity) === lane) this.#colliding.delete(lane.activity);
  }
}
