import type { Delivery, Publish } from "@exosphere/proto";
import { textOf } from "./incoming.ts";

/** Requesters that are remembered of each attachment: all instances of a large application. Replies to others go to the next broker. */
const maxRequesters = 10_000;

/** Requests that only one broker knows and that are remembered of each attachment, some 2 MB. A reply to an older one goes to the next broker. */
const maxExact = 10_000;

/**
 * Who has asked by one attachment. A reply finds its requester by its number at any broker that the requester is attached to; while a
 * link moves, that may be just the one that is being left. Some requests only the broker that brought them knows: those with many
 * replies, and those of the broker itself, whose requester is 0.
 */
export class Requesters {
  readonly #all = new Set<number>();
  /** Requests that only this broker knows. */
  readonly #exact = new Set<string>();
  /** Nearly always the next request is of the same requester. */
  #latest = 0;

  /** A request has come. */
  add(delivery: Delivery): void {
    const { requester, many } = delivery;
    if (requester !== this.#latest) {
      this.#latest = requester;
      addBounded(this.#all, requester, maxRequesters);
    }
    if (many || requester === 0) addBounded(this.#exact, keyOf(delivery), maxExact);
  }

  has(requester: number): boolean {
    return this.#all.has(requester);
  }

  /** Whether only this broker knows what a message replies to. */
  hasExactly(reply: Publish): boolean {
    return this.#exact.size > 0 && this.#exact.has(keyOf(reply));
  }
}

/** The oldest makes room for the newest. */
function addBounded<Value>(set: Set<Value>, value: Value, max: number): void {
  if (set.size >= max && !set.has(value))
    for (const oldest of set) {
      set.delete(oldest);
      break;
    }
  set.add(value);
}

function keyOf({ requester, replyRequest, activityId }: Delivery | Publish): string {
  return `${requester} ${replyRequest} ${textOf(activityId)}`;
}
