import { List } from "../list.ts";
import { activityText } from "../message.ts";
import type { Role } from "../role.ts";
import { type BoundPart, KeyedBound, type SharedBound } from "../shared-bound.ts";
import type { HeldMessage } from "./held-message.ts";

/**
 * All messages that wait for verdicts. Each activity's are released in the order in which they came; those of other
 * activities do not wait for them.
 */
export class HeldMessages {
  /** What they count for, by the roles that sent them. */
  readonly #bound: KeyedBound<Role>;
  /** What they count for among all messages of the bus. */
  readonly #memory: BoundPart;
  readonly #byVerdict = new Map<string, HeldMessage>();
  readonly #byActivity = new Map<string, List<HeldMessage>>();
  /** How many there are. */
  messages = 0;

  constructor(maxBytes: number, memory: SharedBound) {
    this.#bound = new KeyedBound(maxBytes);
    this.#memory = memory.part();
  }

  /** What they count for, in bytes. */
  get bytes(): number {
    return this.#bound.used;
  }

  /** Whether `bytes` more bytes of a role's messages may wait. */
  hasRoom(sender: Role, bytes: number): boolean {
    return this.#bound.of(sender).hasRoom(bytes) && this.#memory.hasRoom(bytes);
  }

  add(held: HeldMessage): void {
    const activity = activityText(held.publication.activityId);
    let list = this.#byActivity.get(activity);
    if (!list) {
      list = new List();
      this.#byActivity.set(activity, list);
    }
    held.place = list.push(held);
    this.messages += 1;
    this.#count(held, held.bytes);
    this.#byVerdict.set(held.verdictActivity, held);
  }

  /** The message that a verdict in this activity is about. A verdict counts once. */
  takeVerdict(activityId: Uint8Array): HeldMessage | undefined {
    const activity = activityText(activityId);
    const held = this.#byVerdict.get(activity);
    this.#byVerdict.delete(activity);
    return held;
  }

  /** A message waits no longer. */
  remove(held: HeldMessage): void {
    held.place?.remove();
    held.place = undefined;
    held.timer?.cancel();
    this.messages -= 1;
    this.#count(held, -held.bytes);
    this.#byVerdict.delete(held.verdictActivity);
    const activity = activityText(held.publication.activityId);
    if (this.#byActivity.get(activity)?.size === 0) this.#byActivity.delete(activity);
  }

  /** The next message of an activity, if nothing before it is undecided and it was authorised. */
  nextAuthorized(activityId: Uint8Array): HeldMessage | undefined {
    const first = this.#byActivity.get(activityText(activityId))?.first;
    return first?.isAuthorized ? first : undefined;
  }

  #count({ sender }: HeldMessage, bytes: number): void {
    this.#bound.of(sender.role).add(bytes);
    this.#memory.add(bytes);
  }

  /** All of them, activity by activity. */
  all(): HeldMessage[] {
    return [...this.#byActivity.values()].flatMap((list) => [...list.nodes()].map(({ value }) => value));
  }
}
