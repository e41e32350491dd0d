import type { Acceptance, Copy } from "./copy.ts";
import type { Instance } from "./instance.ts";
import { List, type ListNode } from "./list.ts";
import type { Timer } from "./timer-wheel.ts";

/**
 * The copies of one activity that wait for one role, in the order accepted. One of them at a time is with an instance;
 * the next leaves when that one is settled. A lane exists as long as there is anything in it.
 */
export class Lane {
  /** Stands for the activity in the table of lanes. */
  readonly hash: number;
  /** The activity, where the table has the lane by that. */
  key: string | undefined;
  readonly waiting = new List<Copy>();
  /** The copy that is with an instance. */
  busy: Copy | undefined;
  /** Its place among the lanes that are ready, that wait for their instance, or that wait for a limit. */
  place: ListNode<Lane> | undefined;
  /** It waits because its next copy is of a message that is worked on as often as it may be. */
  isLimited = false;
  /** Since when it waits for its instance, in milliseconds of the clock. */
  parkedAtMs = 0;
  /** It has waited for its instance for so long that another may take it over. */
  isOverdue = false;
  /** Nothing leaves before this timer has run: its copy is to be tried again, but not at once. */
  hold: { readonly copy: Copy; readonly timer: Timer } | undefined;
  /** The only instance that can take what is in it: where the handler that waits for it runs. */
  readonly only: Instance | undefined;

  constructor({ activityHash }: Pick<Acceptance, "activityHash">, only?: Instance) {
    this.hash = activityHash;
    this.only = only;
  }

  /** Any message that is in it. What has left it is not kept for the sake of its activity. */
  get message(): Acceptance | undefined {
    return (this.busy ?? this.waiting.first)?.message;
  }

  get isEmpty(): boolean {
    return this.busy === undefined && this.waiting.size === 0;
  }
}
