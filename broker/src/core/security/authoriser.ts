import type { Clock } from "../clock.ts";
import { Copy } from "../copy.ts";
import type { Instance } from "../instance.ts";
import { heldOverheadBytes, type Limits, maxDeadlineMs, verdictMs } from "../limits.ts";
import type { Refused } from "../link.ts";
import type { Observer } from "../observer.ts";
import type { Failure } from "../open-request.ts";
import type { Publish } from "../publish.ts";
import { noReceivers, notAllowed, queueFull } from "../refusals.ts";
import type { Sending } from "../sending.ts";
import type { SharedBound } from "../shared-bound.ts";
import { type Outcome, Tally } from "../tally.ts";
import type { TimerWheel } from "../timer-wheel.ts";
import { Undecided } from "../undecided.ts";
import type { Envelopes } from "./envelopes.ts";
import { type HeldFields, HeldMessage, type Told } from "./held-message.ts";
import { HeldMessages } from "./held-messages.ts";
import { bytesOf, messageJson, textOf } from "./message-json.ts";
import type { SecurityHost } from "./security-host.ts";
import {
  authorizeMessage,
  messageAuthorized,
  messageUnauthorized,
  securityRequest,
  securityRole,
} from "./security-names.ts";
import { SecurityRequests } from "./security-requests.ts";

/** What an authoriser is made of. */
export interface AuthoriserOptions {
  readonly clock: Clock;
  readonly timers: TimerWheel;
  readonly limits: Limits;
  readonly observer: Observer;
  readonly envelopes: Envelopes;
  /** What held messages count in, with all others of the bus. */
  readonly memory: SharedBound;
  readonly host: SecurityHost;
}

/** When to try again what got no verdict, in milliseconds: a service that is started anew needs about a second. */
const verdictRetryMs = 1_000;

const none = new Uint8Array(0);

/**
 * Asks the security role about every message of all other roles, and holds it until the verdict. What the security role says
 * itself is not checked: nobody could.
 */
export class Authoriser {
  /** How messages were decided. `ok`: authorised. */
  readonly verdicts = new Tally();
  readonly #options: AuthoriserOptions;
  readonly #host: SecurityHost;
  readonly #held: HeldMessages;
  readonly #requests: SecurityRequests;

  constructor(options: AuthoriserOptions) {
    this.#options = options;
    this.#host = options.host;
    this.#held = new HeldMessages(options.limits.maxHeldBytes, options.memory);
    this.#requests = new SecurityRequests(options);
  }

  /** Messages that wait for a verdict. */
  get messages(): number {
    return this.#held.messages;
  }

  /** What they count for, in bytes. */
  get bytes(): number {
    return this.#held.bytes;
  }

  /** `security request`s that are not answered. */
  get openRequests(): number {
    return this.#requests.size;
  }

  /** Takes a message in, while the routes name a security role. */
  publish(instance: Instance, sending: Sending, publish: Publish): Refused | Undecided | undefined {
    const result =
      instance.role === this.#host.security
        ? this.#fromSecurity(instance, sending, publish)
        : this.#fromOthers(instance, sending, publish);
    // One that is held is counted when it is decided.
    if (!(result instanceof HeldMessage)) count(sending.published, result instanceof Undecided ? undefined : result);
    return result;
  }

  /** Refuses everything that waits: nobody is left to ask. */
  refuseAll(refused: Refused): void {
    for (const held of this.#held.all()) if (held.isHeld) this.#refuse(held, refused, "dropped");
  }

  #fromSecurity(instance: Instance, sending: Sending, publish: Publish): Refused | Undecided | undefined {
    if (sending.publicName === messageAuthorized) return this.#verdict(publish, true);
    if (sending.publicName === messageUnauthorized) return this.#verdict(publish, false);
    if (sending.publicName === securityRequest) return this.#requests.ask(instance, publish);
    return this.#host.check(publish) ?? this.#host.accept(instance, sending, publish);
  }

  #fromOthers(instance: Instance, sending: Sending, publish: Publish): Refused | HeldMessage | undefined {
    const refused = this.#host.check(publish);
    if (refused) return refused;
    const isAnswer = this.#requests.isAnswer(instance, publish);
    const isHeard = isAnswer || sending.subscriptions.length > 0 || this.#host.waiterOf(publish, sending);
    if (!isHeard) return noReceivers(sending.publicName);
    // What waits must not keep the whole frame that it came in.
    const { activityId, envelope } = publish;
    const owned = { ...publish, activityId: new Uint8Array(activityId), envelope: new Uint8Array(envelope) };
    // The sender's own name; of an answer, that of the role that asked.
    const name = isAnswer ? this.#host.security?.translation.toInternal(sending.publicName) : sending.name;
    const told = this.#told(name ?? sending.name, instance, owned);
    if (typeof told === "string") return { reason: "INVALID_MESSAGE", detail: told };
    return isAnswer ? this.#requests.answer(publish, told) : this.#hold({ instance, sending, publish: owned, told });
  }

  /** What the security role is told of a message, or what is wrong with that. */
  #told(name: string, { role }: Instance, { envelope, activityId }: Publish): Told | string {
    const { envelopes } = this.#options;
    try {
      const fields = envelopes.decode(envelope);
      const json = messageJson({ name, activityId, fields, sender: role.name }, envelopes);
      return typeof json === "string" ? json : { fields, json };
    } catch {
      return "The envelope of the message cannot be decoded.";
    }
  }

  #hold(message: Pick<HeldFields, "instance" | "sending" | "publish" | "told">): Refused | HeldMessage {
    const { clock, limits, envelopes, timers } = this.#options;
    const { publish, told } = message;
    const bytes = publish.envelope.byteLength + told.json.byteLength + heldOverheadBytes;
    if (!this.#held.hasRoom(message.instance.role, bytes)) return this.#noRoom();
    const now = clock.nowMs();
    const deadlineMs = Math.min(publish.deadlineMs || limits.defaultDeadlineMs, maxDeadlineMs);
    const held = new HeldMessage({
      ...message,
      verdictActivity: envelopes.newId(),
      bytes,
      expiresAtMs: now + deadlineMs,
      onUnanswered: (unanswered, failure, detail) => this.#unanswered(unanswered, failure, detail),
    });
    const waitMs = Math.min(verdictMs, deadlineMs);
    this.#held.add(held);
    if (!this.#ask(held, waitMs)) {
      this.#held.remove(held);
      return this.#noRoom();
    }
    held.timer = timers.add(now + waitMs, () => this.#expire(held));
    // Its handler's slot is free for others already now: the verdict may depend on it.
    held.cause = this.#host.waits(message.instance, publish);
    return held;
  }

  #noRoom(): Refused {
    this.verdicts.count("queue_full");
    return queueFull(authorizeMessage);
  }

  #ask(held: HeldMessage, deadlineMs: number): boolean {
    const { envelopes } = this.#options;
    const subscription = this.#host.security?.subscriptions.get(authorizeMessage);
    if (!subscription) return false;
    const { json, fields } = held.told;
    const question = this.#host.acceptance({
      activityId: bytesOf(held.verdictActivity),
      envelope: envelopes.encode({
        ...fields,
        id: bytesOf(envelopes.newId()),
        responseTo: none,
        auth: none,
        payload: json,
      }),
      deadlineMs,
      isSecurity: false,
      replyInstance: 0,
      replyRequest: 0,
    });
    return this.#host.offer(new Copy(question, subscription, held));
  }

  /** A verdict of the security role, known by its activity. What else is in it does not count. */
  #verdict(publish: Publish, isAuthorized: boolean): Refused | undefined {
    const held = this.#held.takeVerdict(publish.activityId);
    if (!held) {
      const detail = `No message waits for a verdict in this activity. One counts, within ${verdictMs / 1000} s.`;
      return { reason: "NO_RECEIVERS", detail };
    }
    held.isAuthorized = isAuthorized;
    if (isAuthorized) this.#release(held.publish.activityId);
    else this.#refuse(held, refusedBySecurity(held), "refused_by_security");
    return undefined;
  }

  /** Publishes what waits for nothing more, as the routes are now. */
  #release(activityId: Uint8Array): void {
    for (let held = this.#held.nextAuthorized(activityId); held; held = this.#held.nextAuthorized(activityId)) {
      this.#held.remove(held);
      this.verdicts.count("ok");
      const { instance, publish } = held;
      const deadlineMs = Math.max(1, Math.ceil(held.expiresAtMs - this.#options.clock.nowMs()));
      const sending = this.#host.sendingOf(instance, publish.name);
      const result = sending
        ? this.#host.accept(instance, sending, { ...publish, deadlineMs })
        : notAllowed(instance.role.name, publish.name);
      if (result instanceof Undecided) result.onDecided = (refused) => this.#decided(held, refused);
      else this.#decided(held, result);
    }
  }

  /** The question will not be answered: it came to nobody, or its handler failed. */
  #unanswered(held: HeldMessage, failure: Failure, detail: string): void {
    if (failure === "expired") this.#expire(held);
    else this.#refuse(held, noVerdict(held, `gave no verdict on it: ${detail}`), "handler_failed");
  }

  #expire(held: HeldMessage): void {
    if (!held.isHeld) return;
    const isOver = this.#options.clock.nowMs() >= held.expiresAtMs;
    const detail = `'${held.sending.name}' is not delivered: its deadline passed before role '${securityRole}' gave its verdict.`;
    if (isOver) return this.#refuse(held, { reason: "DEADLINE_EXCEEDED", detail }, "deadline_exceeded");
    const why = held.isAsked ? "Its service may be overloaded" : "No instance of it takes work: is its service running";
    this.#refuse(held, noVerdict(held, `gave no verdict on it within ${verdictMs / 1000} s. ${why}?`), "no_instance");
  }

  #refuse(held: HeldMessage, refused: Refused, verdict: Outcome): void {
    this.#held.remove(held);
    this.verdicts.count(verdict);
    const { instance, sending, publish } = held;
    instance.noLongerWaits(publish.request);
    this.#tellWaiter(held, refused);
    if (refused.reason === "REFUSED_BY_SECURITY") this.#tellSubscribers(held);
    const activity = textOf(publish.activityId);
    const { name } = sending;
    this.#options.observer.refused?.({
      role: instance.role.name,
      name,
      activity,
      id: textOf(held.told.fields.id),
      outcome: verdict,
      detail: refused.detail,
    });
    this.#decided(held, refused);
    // Those behind it wait no longer.
    this.#release(publish.activityId);
  }

  /** Tells who waits for a refused message as a reply. */
  #tellWaiter({ publish, sending }: HeldMessage, refused: Refused): void {
    const waiter = this.#host.waiterOf(publish, sending);
    if (!waiter) return;
    this.#host.answered(waiter, publish);
    waiter.link.undeliverable(publish.replyRequest, refused, publish.activityId);
  }

  /** Tells those who receive `message unauthorized`. */
  #tellSubscribers({ publish, told }: HeldMessage): void {
    const subscriptions = this.#host.subscribersOf(messageUnauthorized);
    if (subscriptions.length === 0) return;
    const { envelopes } = this.#options;
    const { fields, json } = told;
    const notice = this.#host.acceptance({
      activityId: publish.activityId,
      envelope: envelopes.encode({ ...fields, id: bytesOf(envelopes.newId()), responseTo: fields.id, payload: json }),
      deadlineMs: 0,
      isSecurity: false,
      replyInstance: 0,
      replyRequest: 0,
    });
    for (const subscription of subscriptions) this.#host.offer(new Copy(notice, subscription, undefined));
  }

  #decided(held: HeldMessage, refused: Refused | undefined): void {
    count(held.sending.published, refused);
    held.onDecided?.(refused);
  }
}

function count(published: Tally, refused: Refused | undefined): void {
  published.count(refused ? (refused.reason.toLowerCase() as Outcome) : "ok");
}

/** The security role has said that the message must not be delivered. */
function refusedBySecurity({ sending }: HeldMessage): Refused {
  const detail = `'${sending.name}' is not delivered: role '${securityRole}' refused it.`;
  return { reason: "REFUSED_BY_SECURITY", detail };
}

/** The security role has said nothing, which may change. */
function noVerdict({ sending }: HeldMessage, why: string): Refused {
  const detail = `'${sending.name}' is not delivered: role '${securityRole}' ${why}`;
  return { reason: "NO_INSTANCE", detail, retryAfterMs: verdictRetryMs };
}
