import { FairEviction } from "@exosphere/collections";
import type { Confirmation, Refusal } from "@exosphere/proto";
import type { Undecided } from "../core/undecided.ts";
import { refusalOf } from "./failures.ts";
import type { RefusalMemory, RefusalOwner } from "./refusal-memory.ts";

/** What the broker remembers of an instance beyond the life of a stream. */
export class ResumableSession implements RefusalOwner {
  readonly role: string;
  /** Id of the instance. */
  readonly instanceId: string;
  /** The number by which replies find it: made of the key that it attached with last. */
  requester = 0;
  /** The highest sequence that was taken from it. */
  takenThrough = 0;
  forgottenThrough = 0;
  /**
   * Not 0: what was known of it was forgotten, and publishes up to here may have been taken from it. Until it has published
   * something new: only then does it know.
   */
  unknownThrough = 0;
  readonly #memory: RefusalMemory;
  /** Publishes that were taken, and wait for the verdict of the security role, or for a requester. The core bounds them. */
  readonly undecided = new Set<number>();
  /** Tells its present stream, if it has one, that one of these is decided. */
  tell: ((sequence: number, refusal: Refusal | undefined) => void) | undefined;

  /** `role` is the role of the instance. */
  constructor(role: string, instanceId: string, memory: RefusalMemory) {
    this.role = role;
    this.instanceId = instanceId;
    this.#memory = memory;
  }

  /** The last of its publishes that were refused, as far as they are remembered. */
  get refusals(): readonly Refusal[] {
    return this.#memory.of(this);
  }

  /** Remembers refusals in case it does not hear of them. */
  remember(refusals: readonly Refusal[]): void {
    this.#memory.add(this, refusals);
  }

  /** A publish is decided later. */
  holds(sequence: number, undecided: Undecided): void {
    this.undecided.add(sequence);
    undecided.onDecided = (failure) => {
      this.undecided.delete(sequence);
      const refusal = failure && refusalOf(sequence, failure);
      if (refusal) this.remember([refusal]);
      this.tell?.(sequence, refusal);
    };
  }

  /** What is decided of a run. */
  decidedOf({ first, last }: Confirmation): Confirmation[] {
    const runs: Confirmation[] = [];
    let start = first;
    for (let sequence = first; sequence <= last; sequence += 1) {
      if (!this.undecided.has(sequence)) continue;
      if (start < sequence) runs.push({ first: start, last: sequence - 1 });
      start = sequence + 1;
    }
    if (start <= last) runs.push({ first: start, last });
    return runs;
  }
}

/** The instances that have gone and may come back to this life of the broker, the longest unseen of the role with most of them forgotten first. */
export class ResumableSessions {
  /** Those that are attached are not in it: their sessions have what is known of them, which is not forgotten meanwhile. */
  readonly #gone = new Map<string, ResumableSession>();
  /** Their keys by role: a role whose instances come and go under ever new names has its own forgotten, and nobody else's. */
  readonly #byRole = new FairEviction<string>();
  readonly #maxInstances: number;
  readonly #memory: RefusalMemory;
  /** The highest sequence that was taken from any forgotten instance of a role. By role: what one says it has sent, others need not believe. */
  readonly #forgottenThrough = new Map<string, number>();

  /** Remembers as many as may be attached at once, a few hundred bytes each. */
  constructor(maxInstances: number, memory: RefusalMemory) {
    this.#maxInstances = maxInstances;
    this.#memory = memory;
  }

  /**
   * What is known of an instance that attaches. An unknown one gets a new session; so does one that does not know this life of the
   * broker: another process under the same name, whose sequences begin anew. One that knows this life of the broker, but is unknown
   * to it, was forgotten: what it published and did not get confirmed may have been taken.
   */
  resume(role: string, instanceId: string, knowsBroker: boolean): ResumableSession {
    const key = keyOf(role, instanceId);
    const before = this.#gone.get(key);
    this.#gone.delete(key);
    this.#byRole.delete(key);
    if (before && knowsBroker) return before;
    if (before) this.#memory.forget(before);
    const known = new ResumableSession(role, instanceId, this.#memory);
    if (knowsBroker) known.unknownThrough = this.#forgottenThrough.get(role) ?? 0;
    return known;
  }

  /** An instance has gone. */
  release(known: ResumableSession): void {
    const key = keyOf(known.role, known.instanceId);
    this.#gone.set(key, known);
    this.#byRole.set(key, known.role);
    if (this.#gone.size > this.#maxInstances) this.#forgetOldest();
  }

  #forgetOldest(): void {
    const key = this.#byRole.next();
    const oldest = key === undefined ? undefined : this.#gone.get(key);
    if (key === undefined || !oldest) return;
    const { role, takenThrough, unknownThrough } = oldest;
    const before = this.#forgottenThrough.get(role) ?? 0;
    this.#gone.delete(key);
    this.#byRole.delete(key);
    this.#forgottenThrough.set(role, Math.max(before, takenThrough, unknownThrough));
    this.#memory.forget(oldest);
  }
}

/** An instance as the key of a map: ids are unique within a role alone. */
export function keyOf(role: string, instanceId: string): string {
  return `${role}\0${instanceId}`;
}
