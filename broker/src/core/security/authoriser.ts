import type { EnvelopeFields, Envelopes } from "../envelopes.ts";
import type { Failure } from "../failure.ts";
import type { Instance } from "../instance.ts";
import { heldOverheadBytes, type Limits, verdictMs } from "../limits.ts";
import type { Observer } from "../observer.ts";
import { isExpiry } from "../open-request.ts";
import { type Outcome, outcomeOf } from "../outcome.ts";
import type { Permission } from "../permission.ts";
import type { Publication } from "../publication.ts";
import { noReceivers, notAllowed, queueFull } from "../refusals.ts";
import type { Role } from "../role.ts";
import type { Decision, SecurityGate } from "../route.ts";
import type { SharedBound } from "../shared-bound.ts";
import { Tally } from "../tally.ts";
import type { TimerWheel } from "../timer-wheel.ts";
import { Undecided } from "../undecided.ts";
import { authorizationRequestFor } from "./authorization-request.ts";
import { type HeldFields, HeldMessage } from "./held-message.ts";
import { HeldMessages } from "./held-messages.ts";
import { bytesOf, textOf } from "./message-json.ts";
import type { SecurityBus } from "./security-bus.ts";
import {
  authorizeMessage,
  fromSecurity,
  messageAuthorized,
  messageUnauthorized,
  securityRequest,
} from "./security-names.ts";
import { SecurityRequests } from "./security-requests.ts";
import { expiredBeforeVerdict, noVerdict, refusedBySecurity, verdictTimedOut } from "./verdict-refusals.ts";

/** Dependencies of an authoriser. */
export interface AuthoriserOptions {
  readonly timers: TimerWheel;
  readonly limits: Limits;
  readonly observer: Observer;
  readonly envelopes: Envelopes;
  /** What held messages count in, with all others of the bus. */
  readonly memory: SharedBound;
  readonly bus: SecurityBus;
}

const none = new Uint8Array(0);

/**
 * Asks the security role about every message of all other roles, and holds it until the verdict. What the security role says
 * itself is not checked: nobody could.
 */
export class Authoriser implements SecurityGate {
  /** How messages were decided. `ok`: authorised. */
  readonly verdicts = new Tally();
  readonly #options: AuthoriserOptions;
  readonly #bus: SecurityBus;
  readonly #held: HeldMessages;
  readonly #requests: SecurityRequests;

  constructor(options: AuthoriserOptions) {
    this.#options = options;
    this.#bus = options.bus;
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

  isForBus({ role }: Instance<Role>, { publicName }: Permission): boolean {
    return role === this.#bus.registry.security && fromSecurity.includes(publicName);
  }

  pass(sender: Instance<Role>, permission: Permission<Role>, publication: Publication): Decision {
    if (sender.role !== this.#bus.registry.security) return this.#fromOthers(sender, permission, publication);
    const { publicName } = permission;
    if (publicName === messageAuthorized) return this.#verdict(publication, true);
    if (publicName === messageUnauthorized) return this.#verdict(publication, false);
    if (publicName === securityRequest) return this.#requests.ask(sender, publication);
    return this.#bus.router.send(sender, permission, publication);
  }

  /** Refuses everything that waits: nobody is left to ask. */
  refuseAll(failure: Failure): void {
    for (const held of this.#held.all()) if (held.isHeld) this.#refuse(held, failure, "dropped");
  }

  #fromOthers(sender: Instance<Role>, permission: Permission<Role>, publication: Publication): Decision {
    const isAnswer = this.#requests.isAnswer(sender, publication);
    const { publicName, subscriptions } = permission;
    const isHeard = isAnswer || subscriptions.length > 0 || this.#bus.replies.waiterOf(publication, permission);
    if (!isHeard) return noReceivers(publicName);
    // What waits must not keep the whole frame that it came in.
    const { activityId, envelope } = publication;
    const owned = { ...publication, activityId: new Uint8Array(activityId), envelope: new Uint8Array(envelope) };
    // The sender's own name; of an answer, that of the role that asked.
    const name = isAnswer ? this.#bus.registry.security?.translation.toInternal(publicName) : permission.name;
    const question = authorizationRequestFor(name ?? permission.name, sender.role, owned, this.#options.envelopes);
    if (typeof question === "string") return { reason: "INVALID_MESSAGE", detail: question };
    if (isAnswer) return this.#requests.answer(publication, question);
    return this.#hold({ sender, permission, publication: owned, question });
  }

  #hold(message: Pick<HeldFields, "sender" | "permission" | "publication" | "question">): Failure | HeldMessage {
    const { envelopes, timers } = this.#options;
    const { sender, publication, question } = message;
    const bytes = publication.envelope.byteLength + question.json.byteLength + heldOverheadBytes;
    if (!this.#held.hasRoom(sender.role, bytes)) return this.#noRoom();
    const now = timers.nowMs;
    const lifetimeMs = this.#bus.placer.validityMs(publication.lifetimeMs);
    const held = new HeldMessage({
      ...message,
      verdictActivity: envelopes.newId(),
      bytes,
      expiresAtMs: now + lifetimeMs,
      onUnanswered: (unanswered, failure) => this.#unanswered(unanswered, failure),
    });
    const waitMs = Math.min(verdictMs, lifetimeMs);
    this.#held.add(held);
    if (!this.#ask(held, waitMs)) {
      this.#held.remove(held);
      return this.#noRoom();
    }
    held.timer = timers.add(now + waitMs, () => this.#expire(held));
    return held;
  }

  #noRoom(): Failure {
    this.verdicts.count("queue_full");
    return queueFull(authorizeMessage);
  }

  #ask(held: HeldMessage, lifetimeMs: number): boolean {
    const { envelopes } = this.#options;
    const { registry, placer } = this.#bus;
    const subscription = registry.security?.subscriptions.get(authorizeMessage);
    if (!subscription) return false;
    const { json, fields } = held.question;
    const id = bytesOf(envelopes.newId());
    const question = placer.accept({
      activityId: bytesOf(held.verdictActivity),
      envelope: envelopes.encode({ ...fields, id, responseTo: none, auth: none, payload: json }),
      lifetimeMs,
      // Who waits for the message waits for the verdict on it.
      awaiting: held.publication.request === 0 ? [] : held.publication.awaiting,
      // To ask again does no harm.
      isRepeatable: true,
    });
    return placer.offer(question, [subscription], held) === 1;
  }

  /** A verdict of the security role, known by its activity. What else is in it does not count. */
  #verdict(publication: Publication, isAuthorized: boolean): Failure | undefined {
    const held = this.#held.takeVerdict(publication.activityId);
    if (!held) {
      const detail = `No message waits for a verdict in this activity. One counts, within ${verdictMs / 1000} s.`;
      return { reason: "NO_RECEIVERS", detail };
    }
    held.isAuthorized = isAuthorized;
    if (isAuthorized) this.#release(held.publication.activityId);
    else this.#refuse(held, refusedBySecurity(held), "refused_by_security");
    return undefined;
  }

  /** Publishes what waits for nothing more, as the routes are now. */
  #release(activityId: Uint8Array): void {
    for (let held = this.#held.nextAuthorized(activityId); held; held = this.#held.nextAuthorized(activityId)) {
      this.#held.remove(held);
      this.verdicts.count("ok");
      const { sender, publication } = held;
      const lifetimeMs = Math.max(1, Math.ceil(held.expiresAtMs - this.#options.timers.nowMs));
      const permission = this.#bus.registry.permissionOf(sender, publication.name);
      const decision = permission
        ? this.#bus.router.send(sender, permission, { ...publication, lifetimeMs })
        : notAllowed(sender.role.name, publication.name);
      if (decision instanceof Undecided) decision.onDecided = (failure) => this.#decided(held, failure);
      else this.#decided(held, decision);
    }
  }

  /** The question will not be answered: it came to nobody, or its handler failed. */
  #unanswered(held: HeldMessage, failure: Failure): void {
    if (isExpiry(failure)) this.#expire(held);
    else this.#refuse(held, noVerdict(held, `gave no verdict on it: ${failure.detail}`), "handler_failed");
  }

  #expire(held: HeldMessage): void {
    if (!held.isHeld) return;
    if (this.#options.timers.nowMs >= held.expiresAtMs)
      this.#refuse(held, expiredBeforeVerdict(held), "deadline_exceeded");
    else this.#refuse(held, verdictTimedOut(held), "no_instance");
  }

  #refuse(held: HeldMessage, failure: Failure, verdict: Outcome): void {
    this.#held.remove(held);
    this.verdicts.count(verdict);
    const { sender, permission, publication, question } = held;
    const { activityId } = publication;
    this.#notifyWaiter(held, failure);
    if (failure.reason === "REFUSED_BY_SECURITY") this.#notifySubscribers(held);
    this.#options.observer.refused?.({
      role: sender.role.name,
      name: permission.name,
      activity: textOf(activityId),
      id: textOf(question.fields.id),
      outcome: verdict,
      detail: failure.detail,
    });
    this.#decided(held, failure);
    // Those behind it wait no longer.
    this.#release(activityId);
  }

  /** Notifies the instance that waits for a refused message as a reply. */
  #notifyWaiter({ publication, permission }: HeldMessage, failure: Failure): void {
    const waiter = this.#bus.replies.waiterOf(publication, permission);
    waiter?.link.undeliverable(publication.replyRequest, failure, publication.activityId);
  }

  /** Sends `message unauthorized` to those who receive it. */
  #notifySubscribers({ publication, question: { fields, json } }: HeldMessage): void {
    const { registry, placer } = this.#bus;
    const subscriptions = registry.subscribersOf(messageUnauthorized);
    if (subscriptions.length === 0) return;
    const { envelopes } = this.#options;
    const id = bytesOf(envelopes.newId());
    const notice: EnvelopeFields = { ...fields, id, responseTo: fields.id, payload: json };
    placer.offer(
      placer.accept({ activityId: publication.activityId, envelope: envelopes.encode(notice) }),
      subscriptions,
    );
  }

  #decided({ permission, onDecided }: HeldMessage, failure: Failure | undefined): void {
    permission.published.count(outcomeOf(failure));
    onDecided?.(failure);
  }
}
