import type { Clock } from "./clock.ts";
import type { Delivery } from "./delivery.ts";
import { declinedUntilDeadline, noFreeInstance, requesterGone } from "./endings.ts";
import type { Failure } from "./failure.ts";
import type { Instance } from "./instance.ts";
import type { Observer } from "./observer.ts";
import type { Outcome, SettlementOutcome } from "./outcome.ts";
import type { Role } from "./role.ts";

/** How an instance ended a delivery. */
export interface Settlement {
  /** Number of the delivery. */
  readonly number: number;
  readonly outcome: SettlementOutcome;
  /** For `retry`: not before this time has passed, in milliseconds. 0: the broker decides. */
  readonly retryAfterMs: number;
  /** For people: what happened. */
  readonly detail: string;
  /** What the app said, for operators alone. */
  readonly words?: string;
}

/** How a delivery ends. */
interface Ending {
  readonly outcome: Outcome;
  /** For people. */
  readonly detail?: string;
  /** What was concerned, for the requester. */
  readonly facts?: Failure["facts"];
  /** What the app said, for operators alone. */
  readonly words?: string | undefined;
}

/** Nearly every delivery ends so. */
const done: Ending = { outcome: "ok" };

/** First pause before a delivery is tried again; doubled with each attempt. An app that restarts needs about this long. */
const firstRetryMs = 100;
/** Longest pause between attempts that the broker chooses itself. */
const longestRetryMs = 5_000;

/** Timers run up to a millisecond early, and times travel as whole milliseconds. */
const clockSlackMs = 2;

/** How long past its deadline a delivery is held that cannot be tried again, in milliseconds: its deadline comes first. */
const heldForGoodMs = 1_000;

/** The last step of a message's way: ends deliveries, notifies requesters and observers, and lets the next of the lane go. */
export class Settler {
  readonly #clock: Clock;
  readonly #observer: Observer;

  constructor(clock: Clock, observer: Observer) {
    this.#clock = clock;
    this.#observer = observer;
  }

  /** A delivery is done. The same as `settle` with that outcome, for the many. */
  done(instance: Instance<Role>, number: number): void {
    const delivery = instance.deliveries.get(number);
    if (!delivery) return;
    const { dispatcher, retries } = instance.role;
    instance.release(delivery);
    if (delivery.attempt === 1) retries.delivered();
    this.#end(delivery, instance, done);
    dispatcher.ended(delivery);
    dispatcher.dispatchTo(instance);
  }

  /** An instance has settled a delivery. A number that is not out is ignored: the instance may have been told late. */
  settle(instance: Instance<Role>, settlement: Settlement): void {
    const { outcome, detail, words } = settlement;
    const delivery = instance.deliveries.get(settlement.number);
    if (!delivery) return;
    switch (outcome) {
      case "done":
        return this.done(instance, delivery.number);
      case "working":
        // An attempt of a best-effort delivery has no time limit but its deadline, which nobody extends.
        return;
      case "answered": {
        const { request } = delivery;
        this.done(instance, delivery.number);
        return request?.deliveryAnswered?.(delivery);
      }
      case "retry":
        this.#retry(instance, delivery, settlement);
        break;
      case "returned":
        this.returned(instance, delivery);
        break;
      case "failed":
        this.#fail(instance, delivery, { outcome: this.#failureOf(delivery), detail, words });
        break;
      case "dead":
        this.#fail(instance, delivery, { outcome, detail, words });
        break;
      default:
        outcome satisfies never;
    }
    instance.role.dispatcher.dispatchTo(instance);
  }

  /** The app has not seen it: as if it had never been bound. */
  returned(instance: Instance<Role>, delivery: Delivery): void {
    instance.release(delivery);
    if (delivery.streamed) {
      // Its requester takes no more replies: nobody else waits for it.
      delivery.streamed.abandonStream();
      return this.dropped(delivery, "Whoever asked takes no more replies.");
    }
    delivery.forgetAttempt();
    instance.role.dispatcher.unseen(delivery, instance);
    delivery.request?.deliveryReturned();
    delivery.subscription.delivered.count("returned");
    this.#observer.takesBack?.(delivery, instance, "returned", "");
    this.#takeBack(instance.role, delivery);
  }

  /** Its instance is gone, and the app may have seen it. */
  lost(instance: Instance<Role>, delivery: Delivery): void {
    if (delivery.message.isRepeatable && delivery.request?.isAwaited !== false) {
      instance.release(delivery);
      delivery.countFailure();
      delivery.subscription.delivered.count("retry");
      this.#observer.takesBack?.(delivery, instance, "retry", "Its instance went away.");
      return this.#takeBack(instance.role, delivery);
    }
    const detail = `The instance of role '${instance.role.name}' that had it went away.`;
    this.#fail(instance, delivery, { outcome: "handler_failed", detail });
  }

  /** Its deadline passed while it waited for a role. */
  expired(delivery: Delivery, role: Role): void {
    const outcome = delivery.attempt === 0 ? "no_instance" : "deadline_exceeded";
    const attached = role.instances.size;
    const working = [...role.instances].filter(({ window }) => window > 0).length;
    const facts = { role: role.name, attached: String(attached), working: String(working) };
    const isDeclined = delivery.retryDetail !== "" && working > 0;
    const detail = isDeclined
      ? declinedUntilDeadline(role.name, delivery)
      : noFreeInstance(role.name, attached, working);
    this.#end(delivery, undefined, { outcome, detail, facts });
    role.dispatcher.dispatch();
  }

  /** The routes no longer have its subscription. */
  unsubscribed(delivery: Delivery): void {
    const { role, name } = delivery.subscription;
    this.dropped(delivery, `The routes changed: role '${role.name}' no longer receives '${name}'.`);
  }

  /** Nobody is there for it any more, for a reason that no instance has to do with. */
  dropped(delivery: Delivery, detail: string): void {
    this.#end(delivery, undefined, { outcome: "dropped", detail });
  }

  /** There was no room for it when its message was published. */
  refusedByBacklog(delivery: Delivery): void {
    const { request } = delivery;
    request?.deliveryRefused(delivery);
    this.#noRoom(delivery, false);
  }

  #noRoom(delivery: Delivery, isAwaited = true): void {
    const detail = `Too many messages wait for role '${delivery.subscription.role.name}'.`;
    this.#end(delivery, undefined, { outcome: "queue_full", detail }, isAwaited);
  }

  #retry(instance: Instance<Role>, delivery: Delivery, { retryAfterMs, detail }: Settlement): void {
    instance.release(delivery);
    delivery.decline(detail);
    delivery.subscription.delivered.count("retry");
    this.#observer.takesBack?.(delivery, instance, "retry", detail);
    const pauseMs = retryAfterMs || Math.min(firstRetryMs * 2 ** (delivery.attempt - 1), longestRetryMs);
    const now = this.#clock.nowMs();
    instance.declinedAtMs = now;
    const { retries } = instance.role;
    if (delivery.attempt === 1) retries.delivered();
    // What cannot be afforded within its deadline waits for its deadline, so that the sender gets the reason.
    const atMs = retries.grant(now, now + pauseMs, delivery.expiresAtMs);
    this.#takeBack(instance.role, delivery, Math.min(atMs, delivery.expiresAtMs + heldForGoodMs));
  }

  #takeBack(role: Role, delivery: Delivery, notBeforeMs?: number): void {
    if (!role.has(delivery.subscription)) {
      this.unsubscribed(delivery);
      return role.dispatcher.ended(delivery);
    }
    // A reply that went straight to its requester has never had a place in the backlog.
    if (delivery.lane || role.backlog.hasRoom(delivery)) return role.dispatcher.takeBack(delivery, notBeforeMs);
    this.#noRoom(delivery);
  }

  /** A sidecar's timer for a deadline may run before that of the requester, which gets DEADLINE_EXCEEDED all the same. */
  #failureOf(delivery: Delivery): Outcome {
    return this.#clock.nowMs() >= delivery.expiresAtMs - clockSlackMs ? "deadline_exceeded" : "handler_failed";
  }

  #fail(instance: Instance<Role>, delivery: Delivery, ending: Ending): void {
    instance.release(delivery);
    if (ending.outcome !== "dead") delivery.countFailure();
    if (delivery.attempt === 1) instance.role.retries.delivered();
    this.#end(delivery, instance, ending);
    instance.role.dispatcher.ended(delivery);
  }

  /** Counts an end and notifies request and observers: the request only if its sender may still wait for an answer. */
  #end(delivery: Delivery, instance: Instance | undefined, ending: Ending, isAwaited = true): void {
    const { subscription, message, streamed } = delivery;
    const request = isAwaited ? delivery.request : undefined;
    const { outcome, detail = "", facts, words = "" } = ending;
    subscription.delivered.count(outcome);
    delivery.end();
    request?.deliveryEnded?.(delivery);
    streamed?.ended(outcome === "ok" ? undefined : requesterGone);
    this.#observer.ends?.(delivery, instance, outcome, detail, words);
    // What its backlog refused was not accepted.
    if (outcome !== "queue_full") subscription.latency.record((this.#clock.nowMs() - message.acceptedAtMs) / 1000);
    if (outcome === "ok") return;
    request?.deliveryFailed({ reason: reasonOf(outcome), detail, ...(facts && { facts }) }, delivery);
    const { role, name } = subscription;
    this.#observer.lost?.({ role: role.name, name, activity: message.activity, outcome, detail, message });
  }
}

/** Why the requester of a delivery that ended so gets no answer to it. */
function reasonOf(outcome: Outcome): Failure["reason"] {
  if (outcome === "no_instance") return "NO_INSTANCE";
  return outcome === "deadline_exceeded" ? "DEADLINE_EXCEEDED" : "HANDLER_FAILED";
}
