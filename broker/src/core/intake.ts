import { Acceptances, type Accepted } from "./acceptances.ts";
import type { ActivityAffinity } from "./activity-affinity.ts";
import type { Clock } from "./clock.ts";
import { type Acceptance, Copy } from "./copy.ts";
import type { Instance } from "./instance.ts";
import { envelopeOverheadBytes, type Limits, maxRequestDepth } from "./limits.ts";
import type { Refused } from "./link.ts";
import type { Observer } from "./observer.ts";
import type { OpenRequest } from "./open-request.ts";
import type { Publish } from "./publish.ts";
import {
  draining,
  nestedTooDeep,
  noReceivers,
  payloadTooLarge,
  queueFull,
  tooFast,
  tooManyStreams,
  wrongActivity,
} from "./refusals.ts";
import type { Replies } from "./replies.ts";
import type { ReplyStream, StreamedReply } from "./reply-stream.ts";
import type { Role } from "./role.ts";
import type { RouteRegistry } from "./route-registry.ts";
import type { SecurityHost } from "./security/security-host.ts";
import type { Sending } from "./sending.ts";
import type { Settlements } from "./settlements.ts";
import type { Subscription } from "./subscription.ts";

/** What taking messages in needs of the bus. */
export interface IntakeOptions {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly observer: Observer;
  readonly registry: RouteRegistry;
  readonly affinity: ActivityAffinity;
  readonly settlements: Settlements;
  readonly replies: Replies;
  /** Those that are attached, by handle. */
  readonly instances: ReadonlyMap<number, Instance>;
  /** Makes the hashes of activities unguessable. */
  readonly seed: number;
}

/** Where messages come in: checks them, accepts them, and puts a copy into the queue of everybody who receives them. */
export class Intake implements SecurityHost {
  /** The security role, while the routes name one. */
  security: Role | undefined;
  /** Takes replies only. */
  isDraining = false;
  readonly #options: IntakeOptions;
  readonly #acceptances: Acceptances;

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#acceptances = new Acceptances(options.clock, options.limits.defaultDeadlineMs, options.seed);
  }

  /** Prepares for messages that are about to be published. */
  expect(publishes: readonly Publish[]): void {
    this.#acceptances.expect(publishes);
  }

  /** Why a role may publish nothing at this moment. */
  checkRate(role: Role): Refused | undefined {
    const { name, rate } = role;
    // What all others wait for is not held up.
    if (!rate || role === this.security) return undefined;
    const waitMs = rate.take(this.#options.clock.nowMs());
    return waitMs === 0 ? undefined : tooFast(name, this.#options.limits.maxRoleRate, waitMs);
  }

  /** Why a message is refused, whoever receives it. */
  check(publish: Publish): Refused | undefined {
    return this.isDraining && publish.replyRequest === 0 ? draining : this.checkForm(publish);
  }

  /** The same, but for the broker's shutting down. */
  checkForm({ envelope, activityId }: Publish): Refused | undefined {
    const limit = this.#options.limits.maxPayloadBytes;
    if (envelope.byteLength > limit + envelopeOverheadBytes) return payloadTooLarge(limit);
    const { length } = activityId;
    return length > 0 && length <= 1020 ? undefined : wrongActivity;
  }

  /** Publishes a message that was checked. Returns why nobody gets it, or undefined if at least one copy was taken. */
  accept(instance: Instance, sending: Sending, publish: Publish): Refused | StreamedReply | undefined {
    // Without a request there is nobody for many replies to go to.
    if (isTooDeep(instance, publish)) return nestedTooDeep(sending.publicName);
    const isMany = publish.many && publish.request !== 0;
    if (isMany && this.#options.replies.streams.isFullFor(instance.role))
      return tooManyStreams(this.#options.limits.maxReplyStreams);
    const unwanted = publish.more ? this.#options.replies.refusalOf(publish, sending) : undefined;
    if (unwanted) return unwanted;
    const waiter = this.#options.replies.waiterOf(publish, sending);
    if (sending.subscriptions.length === 0 && !waiter) return noReceivers(sending.publicName);
    const message = this.#acceptance(instance, sending, publish);
    this.#options.observer.publishes?.(instance, sending, message);
    // One that the security role was asked about may have been sent by an instance that has gone since.
    if (instance.role.instances.size > 1 && instance.isAttached)
      this.#options.affinity.touch(message.activity, instance);
    const request = this.open(instance, publish, sending.subscriptions.length, message);
    const given = waiter && this.#options.replies.give(waiter, sending, publish, message, request);
    if (given) this.#rememberWaiter(waiter, message);
    let taken = given === true ? 1 : 0;
    for (const subscription of sending.subscriptions) {
      if (subscription.role === waiter?.role) continue;
      const copy = new Copy(message, subscription, request);
      // Before it is offered: it may be delivered, and answered, at once.
      if (isMany) (request as ReplyStream).asked.add(copy);
      if (this.offer(copy)) taken += 1;
    }
    if (given && given !== true) return given;
    if (taken > 0) return undefined;
    // Nobody was asked, so its handler does not wait.
    this.#options.replies.abandon(instance, publish.request);
    const { publicName } = sending;
    return sending.subscriptions.length === 0 ? noReceivers(publicName) : queueFull(publicName);
  }

  /** Whoever asked takes part in the activity still. Not in place of another: a return path can be made up. */
  #rememberWaiter(waiter: Instance, { activity }: Acceptance): void {
    const { role } = waiter;
    if (role.instances.size <= 1) return;
    const { affinity } = this.#options;
    if ((affinity.get(activity, role) ?? waiter) === waiter) affinity.touch(activity, waiter);
  }

  /** Puts a copy into the queue of its role. False, and counted, if that is full. */
  offer(copy: Copy): boolean {
    if (copy.subscription.role.queue.offer(copy)) return true;
    this.#options.settlements.refusedByQueue(copy);
    return false;
  }

  #acceptance({ handle, role }: Instance, sending: Sending, publish: Publish): Acceptance {
    const { activityId, envelope, deadlineMs, request, many } = publish;
    return this.#acceptances.of({
      sender: role,
      sending,
      activityId,
      envelope,
      deadlineMs,
      isSecurity: role === this.security,
      replyInstance: request === 0 ? 0 : handle,
      replyRequest: request,
      isMany: many && request !== 0,
    });
  }

  /** What waits for the answer to a message, if it is a request. */
  open(
    instance: Instance,
    publish: Publish,
    copies: number,
    message?: Acceptance,
  ): OpenRequest | ReplyStream | undefined {
    return this.#options.replies.open(instance, publish, this.waits(instance, publish), copies, message);
  }

  /** The handler that sent a request, if that is known, has given up its slot for as long as it waits. */
  waits(instance: Instance, { request, cause: number, activityId }: Publish): Copy | undefined {
    const cause = request === 0 || number === 0 ? undefined : instance.deliveries.get(number);
    if (!cause) return undefined;
    instance.waits(request, cause, this.#acceptances.hashOf(activityId));
    instance.role.queue.dispatchTo(instance);
    return cause;
  }

  waiterOf(publish: Publish, sending: Sending): Instance | undefined {
    return this.#options.replies.waiterOf(publish, sending);
  }

  answered(waiter: Instance, { replyRequest, activityId }: Publish): void {
    waiter.noLongerWaits(replyRequest, this.#acceptances.hashOf(activityId));
  }

  acceptance(message: Accepted): Acceptance {
    return this.#acceptances.of(message);
  }

  sendingOf({ role }: Instance, number: number): Sending | undefined {
    return this.#options.registry.roles.get(role.name) === role ? role.sendings.get(number) : undefined;
  }

  subscribersOf(publicName: string): readonly Subscription[] {
    return this.#options.registry.subscribersOf(publicName);
  }

  instanceOf(handle: number): Instance | undefined {
    return this.#options.instances.get(handle);
  }
}

/** Whether a request would make the chain of handlers that wait for each other longer than it may be. */
function isTooDeep(instance: Instance, { request, cause: number }: Publish): boolean {
  const cause = request === 0 || number === 0 ? undefined : instance.deliveries.get(number);
  return cause !== undefined && cause.requestDepth(maxRequestDepth) >= maxRequestDepth;
}
