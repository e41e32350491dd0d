import type { Memory, ReceivedMessages } from "@exosphere/sidecar/edges";

type Received = NonNullable<ReturnType<Memory["byId"]>>;

/** What the instances of each role have received: so that a service which takes messages by one connection may reply by another. */
export class RoleMemory {
  readonly #byRole = new Map<string, Set<ReceivedMessages>>();

  /** An instance takes messages. Returns what is to be called when it has gone. */
  join(role: string, received: ReceivedMessages): () => void {
    let all = this.#byRole.get(role);
    if (!all) {
      all = new Set();
      this.#byRole.set(role, all);
    }
    all.add(received);
    return () => {
      all.delete(received);
      if (all.size === 0 && this.#byRole.get(role) === all) this.#byRole.delete(role);
    };
  }

  /** What a role as a whole has received. */
  of(role: string): Memory {
    const all = () => [...(this.#byRole.get(role) ?? [])];
    return {
      byId(id, activityId) {
        let found: Received | undefined;
        for (const each of all()) {
          const one = each.byId(id, activityId);
          if (one && one.activityId === activityId) return one;
          found = one ?? found;
        }
        return found;
      },
      byActivity(activityId) {
        for (const each of all()) {
          const found = each.byActivity(activityId);
          if (found) return found;
        }
        return undefined;
      },
      repliedTo(received) {
        for (const each of all()) each.repliedTo(received);
      },
      // Deliveries are those of each instance: none of them waits for what another sends.
      handling: () => undefined,
      tracedIn(activityId) {
        for (const each of all()) {
          const found = each.tracedIn(activityId);
          if (found) return found;
        }
        return undefined;
      },
    };
  }
}
