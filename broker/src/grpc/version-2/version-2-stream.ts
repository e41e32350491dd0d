import type * as wire from "@exosphere/proto";
import type { AttachedInstance } from "../../core/attachments.ts";
import type { Delivery } from "../../core/delivery.ts";
import type { Exocom } from "../../core/exocom.ts";
import type { Decision } from "../../core/route.ts";
import { Undecided } from "../../core/undecided.ts";
import { BlockedHandlers } from "./blocked-handlers.ts";
import type { Handles } from "./handles.ts";

const nobody: number[] = [];

/** The longest deadline that travels, in milliseconds: what is valid for longer, or for ever, is valid for that long. */
const longestDeadlineMs = 0xffff_ffff;

/**
 * What a stream of version 2 leaves to the broker, and its terms in those of version 3: return paths by handles, the chain of
 * handlers that wait, which it gives by the delivery that is handled alone, and a window that does not count those handlers.
 */
export class Version2Stream {
  readonly #exocom: Exocom;
  readonly #instance: AttachedInstance;
  readonly #handles: Handles;
  readonly #blocked = new BlockedHandlers();
  /** As the instance gave it. */
  #window = 0;

  constructor(exocom: Exocom, instance: AttachedInstance, handles: Handles) {
    this.#exocom = exocom;
    this.#instance = instance;
    this.#handles = handles;
  }

  /** Puts a publish into the terms of version 3, in place. */
  translate(publish: wire.Publish): void {
    publish.lifetimeMs = publish.deadlineMs;
    publish.requester = this.#handles.requesterOf(publish.replyInstance);
    const parent = this.#parentOf(publish);
    if (parent) publish.awaiting = chainOf(parent);
  }

  /** Puts a delivery into the terms of version 2, in place. */
  deliver(delivery: wire.Delivery): void {
    delivery.deadlineMs = Math.min(delivery.lifetimeMs || longestDeadlineMs, longestDeadlineMs);
    delivery.replyInstance = this.#handles.of(delivery.requester);
    delivery.lifetimeMs = 0;
    delivery.requester = 0;
    delivery.awaiting = nobody;
  }

  /** A publish was taken or refused. The handler that sent it waits from now on, if it is a request. */
  published(publish: wire.Publish, decision: Decision): void {
    const isRefused = decision !== undefined && !(decision instanceof Undecided);
    if (isRefused || !this.#parentOf(publish)) return;
    this.#blocked.block(publish.request, publish.cause, publish.activityId);
    this.#apply();
    if (decision) this.#watch(decision, publish.request);
  }

  /** How many unsettled deliveries the instance takes from now on. */
  setWindow(window: number): void {
    this.#window = window;
    this.#apply();
  }

  /** A delivery is about to be settled. Said before it is, as its slot must not be given away twice. */
  settles(delivery: number): void {
    if (this.#blocked.size === 0) return;
    this.#blocked.settled(delivery);
    this.#apply();
  }

  /** A request of the instance is over. `activityId`: because of what came in this activity. */
  ended(request: number, activityId?: Uint8Array): void {
    if (this.#blocked.size === 0) return;
    this.#blocked.unblock(request, activityId);
    this.#apply();
  }

  /** A message that waits for a verdict may be refused in the end. */
  #watch(undecided: Undecided, request: number): void {
    const { onDecided } = undecided;
    undecided.onDecided = (failure) => {
      if (failure) this.ended(request);
      onDecided?.(failure);
    };
  }

  #parentOf({ request, cause }: wire.Publish): Delivery | undefined {
    return request === 0 || cause === 0 ? undefined : this.#instance.deliveries.get(cause);
  }

  /** One that takes no work takes none in place of its handlers either. */
  #apply(): void {
    const window = this.#window === 0 ? 0 : this.#window + this.#blocked.size;
    if (window !== this.#instance.window) this.#exocom.setWindow(this.#instance, window);
  }
}

/** The handlers that wait for what the handler of a delivery asks: those that wait for that delivery, and its own. */
function chainOf({ message, subscription }: Delivery): number[] {
  const handler = message.handlerAt(subscription.role);
  return handler === undefined ? [...message.awaiting] : [...message.awaiting, handler];
}
