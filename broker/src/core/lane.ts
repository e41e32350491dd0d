import type { Holder } from "./holder.ts";
import { List, type ListNode } from "./list.ts";
import type { AcceptedMessage } from "./message.ts";
import type { Timer } from "./timer-wheel.ts";

/**
 * An ordering lane: the deliveries of one activity that wait for one role, in the order accepted. One of them at a time, the
 * head, is with an instance; the next leaves when that one is settled. A lane exists as long as there is anything in it. The
 * backlog has its table and what waits in it, the dispatcher the rest. `D` is the delivery.
 */
export class Lane<D extends { readonly message: AcceptedMessage }> {
  /** Stands for the activity in the table of lanes. */
  readonly hash: number;
  /** The activity, where the table has the lane by that. */
  key: string | undefined;
  readonly waiting = new List<D>();
  /** The delivery that is with an instance. */
  head: D | undefined;
  /** Its place among the lanes that are ready, that wait for their instance, or that wait for a limit. */
  place: ListNode<Lane<D>> | undefined;
  /** It waits because its next delivery is of a message that is worked on as often as it may be. */
  isLimited = false;
  /** Since when it waits for its instance, in milliseconds of the clock. */
  parkedAtMs = 0;
  /** It has waited for its instance for so long that another may take it over. */
  isOverdue = false;
  /** Nothing leaves before this timer has run: its delivery is to be tried again, but not at once. */
  hold: { readonly delivery: D; readonly timer: Timer } | undefined;
  /** The only instance that can take what is in it: where the handler that waits for it runs. */
  readonly only: Holder | undefined;

  constructor({ activityHash }: Pick<AcceptedMessage, "activityHash">, only?: Holder) {
    this.hash = activityHash;
    this.only = only;
  }

  /** Any message that is in it. What has left it is not kept for the sake of its activity. */
  get message(): AcceptedMessage | undefined {
    return (this.head ?? this.waiting.first)?.message;
  }

  get isEmpty(): boolean {
    return this.head === undefined && this.waiting.size === 0;
  }

  /** It no longer waits where it did. */
  leavePlace(): void {
    this.place?.remove();
    this.place = undefined;
    this.isLimited = false;
  }
}
