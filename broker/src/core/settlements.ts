import type { Clock } from "./clock.ts";
import type { Copy } from "./copy.ts";
import type { Instance } from "./instance.ts";
import type { Observer } from "./observer.ts";
import type { StreamedReply } from "./reply-stream.ts";
import type { Role } from "./role.ts";
import type { Outcome } from "./tally.ts";

/** How an instance ended a delivery. */
export interface Settled {
  /** Number of the delivery. */
  readonly number: number;
  readonly outcome: "done" | "retry" | "failed" | "dead" | "returned" | "answered";
  /** For `retry`: not before so many milliseconds have passed. 0: the broker decides. */
  readonly retryAfterMs: number;
  /** For people: what happened. */
  readonly detail: string;
  /** What the app said, for operators alone. */
  readonly words?: string;
}

/** What is known of how a copy ended, beside the detail for people. */
interface EndingFacts {
  /** For the requester. */
  readonly facts?: Readonly<Record<string, string>>;
  /** What the app said, for operators alone. */
  readonly words?: string;
}

/** First pause before a delivery is tried again; doubled with each attempt. An app that restarts needs about this long. */
const firstRetryMs = 100;
/** Longest pause between attempts that the broker chooses itself. */
const longestRetryMs = 5_000;

/** Of what an app says of why it does not take a message, as many characters are kept while that waits: a sentence or two. */
const longestRetryDetail = 200;

/** Timers run up to a millisecond early, and times travel as whole milliseconds. */
const clockSlackMs = 2;

/** How long past its deadline a copy is held that cannot be tried again, in milliseconds: its deadline comes first. */
const heldForGoodMs = 1_000;

/** Brings copies to their end: counts it, tells who must know, and lets the next of the lane go. */
export class Settlements {
  readonly #clock: Clock;
  readonly #observer: Observer;

  constructor(clock: Clock, observer: Observer) {
    this.#clock = clock;
    this.#observer = observer;
  }

  done(instance: Instance, number: number): void {
    const copy = instance.deliveries.get(number);
    if (!copy) return;
    instance.release(copy);
    if (copy.attempt === 1) instance.role.retries.delivered();
    this.#end(copy, instance, "ok");
    const { queue } = instance.role;
    queue.ended(copy);
    queue.dispatchTo(instance);
  }

  settle(instance: Instance, settled: Settled): void {
    if (settled.outcome === "done") return this.done(instance, settled.number);
    const copy = instance.deliveries.get(settled.number);
    if (!copy) return;
    if (settled.outcome === "answered") {
      const { request } = copy;
      this.done(instance, settled.number);
      return request?.copyAnswered?.(copy);
    }
    if (settled.outcome === "retry") this.#retry(instance, copy, settled);
    else if (settled.outcome === "returned") this.returned(instance, copy);
    else this.#fail(instance, copy, settled.outcome === "dead" ? "dead" : this.#failureOf(copy), settled);
    instance.role.queue.dispatchTo(instance);
  }

  /** The app has not seen it: as if it had never been bound. A reply that nobody waits for any more becomes an ordinary copy. */
  returned(instance: Instance, copy: Copy): void {
    instance.release(copy);
    if (copy.streamed) return this.#unwanted(copy);
    copy.attempt -= 1;
    copy.answers = 0;
    copy.request?.copyReturned();
    copy.subscription.delivered.count("returned");
    this.#observer.takesBack?.(copy, instance, "returned", "");
    this.#takeBack(instance.role, copy);
  }

  /** Its requester takes no more replies: nobody else waits for it. */
  #unwanted(copy: Copy): void {
    copy.streamed?.stream.abandon();
    this.#end(copy, undefined, "dropped", "Whoever asked takes no more replies.");
  }

  /** Its instance is gone, and the app may have seen it. */
  lost(instance: Instance, copy: Copy): void {
    if (copy.request?.isRepeatable) {
      instance.release(copy);
      copy.subscription.delivered.count("retry");
      this.#observer.takesBack?.(copy, instance, "retry", "Its instance went away.");
      this.#takeBack(instance.role, copy);
      return;
    }
    const detail = `The instance of role '${instance.role.name}' that had it went away.`;
    this.#fail(instance, copy, "handler_failed", { detail });
  }

  /** Its deadline passed while it waited. */
  expired(copy: Copy): void {
    const { role } = copy.subscription;
    const outcome = copy.attempt === 0 ? "no_instance" : "deadline_exceeded";
    const attached = role.instances.size;
    const working = [...role.instances].filter(({ window }) => window > 0).length;
    const facts = { role: role.name, attached: String(attached), working: String(working) };
    const isDeclined = copy.retryDetail !== "" && working > 0;
    const detail = isDeclined ? declined(role.name, copy) : notFree(role.name, attached, working);
    this.#end(copy, undefined, outcome, detail, { facts });
    role.queue.dispatch();
  }

  /** The routes no longer have its subscription. */
  unsubscribed(copy: Copy): void {
    const { role, name } = copy.subscription;
    this.dropped(copy, `The routes changed: role '${role.name}' no longer receives '${name}'.`);
  }

  /** Nobody is there for it any more, for a reason that no instance has to do with. */
  dropped(copy: Copy, detail: string): void {
    this.#end(copy, undefined, "dropped", detail);
  }

  /** Its queue was full when it was published. */
  refusedByQueue(copy: Copy): void {
    copy.request?.copyRefused(copy);
    copy.request = undefined;
    this.#queueFull(copy);
  }

  #queueFull(copy: Copy): void {
    this.#end(copy, undefined, "queue_full", `Too many messages wait for role '${copy.subscription.role.name}'.`);
  }

  #retry(instance: Instance, copy: Copy, { retryAfterMs, detail }: Settled): void {
    instance.release(copy);
    copy.answers = 0;
    copy.retryDetail = detail.slice(0, longestRetryDetail);
    copy.subscription.delivered.count("retry");
    this.#observer.takesBack?.(copy, instance, "retry", detail);
    const pauseMs = retryAfterMs || Math.min(firstRetryMs * 2 ** (copy.attempt - 1), longestRetryMs);
    const now = this.#clock.nowMs();
    instance.declinedAtMs = now;
    const { retries } = instance.role;
    if (copy.attempt === 1) retries.delivered();
    // What cannot be afforded within its deadline waits for that: whoever sent it hears why.
    const atMs = retries.grant(now, now + pauseMs, copy.expiresAtMs);
    this.#takeBack(instance.role, copy, Math.min(atMs, copy.expiresAtMs + heldForGoodMs));
  }

  #takeBack(role: Role, copy: Copy, notBeforeMs?: number): void {
    if (!role.has(copy.subscription)) {
      this.unsubscribed(copy);
      return role.queue.ended(copy);
    }
    // A reply that went straight to its requester has never had a place in the queue.
    if (copy.lane || role.queue.canHold(copy)) return role.queue.takeBack(copy, notBeforeMs);
    this.#queueFull(copy);
  }

  /** A sidecar's timer for a deadline may run before that of the requester, which gets DEADLINE_EXCEEDED all the same. */
  #failureOf(copy: Copy): Outcome {
    return this.#clock.nowMs() >= copy.expiresAtMs - clockSlackMs ? "deadline_exceeded" : "handler_failed";
  }

  #fail(instance: Instance, copy: Copy, outcome: Outcome, { detail, words }: Pick<Settled, "detail" | "words">): void {
    instance.release(copy);
    if (copy.attempt === 1) instance.role.retries.delivered();
    this.#end(copy, instance, outcome, detail, words === undefined ? {} : { words });
    instance.role.queue.ended(copy);
  }

  #end(
    copy: Copy,
    instance: Instance | undefined,
    outcome: Outcome,
    detail = "",
    { facts, words = "" }: EndingFacts = {},
  ): void {
    const { subscription, message, request } = copy;
    subscription.delivered.count(outcome);
    copy.holdIn(undefined);
    copy.request = undefined;
    request?.copyEnded?.(copy);
    if (copy.streamed) endReply(copy.streamed, outcome);
    copy.streamed = undefined;
    this.#observer.ends?.(copy, instance, outcome, detail, words);
    // What its queue refused was not accepted.
    if (outcome !== "queue_full") subscription.latency.record((this.#clock.nowMs() - message.acceptedAtMs) / 1000);
    if (outcome === "ok") return;
    const isExpired = outcome === "no_instance" || outcome === "deadline_exceeded";
    request?.copyFailed(isExpired ? "expired" : "failed", { detail, facts }, copy);
    const { role, name } = subscription;
    const { activity, envelope } = message;
    this.#observer.lost?.({ role: role.name, name, activity, outcome, detail, envelope });
  }
}

/** Why a message ended that its receivers kept declining: what they said themselves says more than how many there are. */
function declined(role: string, { attempt, retryDetail }: Copy): string {
  const attempts = attempt === 1 ? "1 attempt" : `${attempt} attempts`;
  return `Role '${role}' did not take the message within the deadline, in ${attempts}. It said last: ${retryDetail}`;
}

/** Why a message found no instance within its deadline, and what to do. */
function notFree(role: string, attached: number, working: number): string {
  if (attached === 0) return `No instance of role '${role}' attached within the deadline. Is its service running?`;
  const counts = `${attached} attached, ${working} take${working === 1 ? "s" : ""} work`;
  if (working === 0)
    return `No instance of role '${role}' took it within the deadline: ${counts}: its app cannot be reached. Does it listen where its sidecar looks for it?`;
  return `No instance of role '${role}' was free within the deadline: ${counts}. Run more instances, or allow more time.`;
}

/** Tells who sent a reply of several what became of it. */
function endReply(streamed: StreamedReply, outcome: Outcome): void {
  if (outcome === "ok") return streamed.ended(undefined);
  streamed.ended({ reason: "NO_RECEIVERS", detail: "Whoever asked is gone, or takes no more replies." });
}
