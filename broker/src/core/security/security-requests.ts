import { isId } from "@exosphere/message";
import { activityText } from "../acceptances.ts";
import { Copy } from "../copy.ts";
import type { Instance } from "../instance.ts";
import type { Limits } from "../limits.ts";
import type { Refused } from "../link.ts";
import type { Publish } from "../publish.ts";
import { noReceivers, queueFull } from "../refusals.ts";
import type { Role } from "../role.ts";
import type { Timer, TimerWheel } from "../timer-wheel.ts";
import type { EnvelopeFields, Envelopes } from "./envelopes.ts";
import type { Told } from "./held-message.ts";
import { bytesOf, textOf } from "./message-json.ts";
import type { SecurityHost } from "./security-host.ts";
import { securityRequest, securityResponse } from "./security-names.ts";

/** What security requests need. */
export interface SecurityRequestsOptions {
  readonly limits: Pick<Limits, "maxSecurityRequests">;
  readonly timers: TimerWheel;
  readonly envelopes: Envelopes;
  readonly host: SecurityHost;
}

/** A message of the security role that is on its way, and wants an answer. */
interface OpenSecurityRequest {
  /** The activity of the message that was delivered, in which the answer must come. */
  readonly activity: string;
  /** The activity of the `security request` itself, in which the `security response` goes. */
  readonly activityId: Uint8Array;
  /** Who was given it: nobody else can answer. */
  readonly roles: ReadonlySet<Role>;
  /** Handle of the instance that asks. */
  readonly requester: number;
  /** Its own number for it, or 0. */
  readonly request: number;
  readonly id: Uint8Array;
  readonly timer: Timer;
}

/** The message that a `security request` carries as its payload. */
interface Carried {
  /** By the security role's own name. */
  readonly name: string;
  /** The activity that it names, else a new one. */
  readonly activityId: Uint8Array;
  readonly message: EnvelopeFields;
  /** The id of the `security request` itself. */
  readonly id: Uint8Array;
}

const none = new Uint8Array(0);

/**
 * `security request`: the security role has a message delivered unchecked, and gets the answer as the payload of a
 * `security response`. The delivery's return path leads here, so that the answer is known whoever else listens: handle 0,
 * which no instance has, and the number of the request. The message has the id and the activity that it carries; the
 * response is in the activity of the `security request`, so that several may be open in one activity.
 */
export class SecurityRequests {
  readonly #options: SecurityRequestsOptions;
  readonly #open = new Map<number, OpenSecurityRequest>();
  #last = 0;

  constructor(options: SecurityRequestsOptions) {
    this.#options = options;
  }

  /** How many are open. */
  get size(): number {
    return this.#open.size;
  }

  /** Delivers the message that a `security request` carries. */
  ask(instance: Instance, publish: Publish): Refused | undefined {
    const { host, envelopes } = this.#options;
    const refused = host.checkForm(publish);
    if (refused) return refused;
    if (this.#open.size >= this.#options.limits.maxSecurityRequests) return queueFull(securityRequest);
    const carried = this.#carried(publish.envelope);
    if (!carried) return wrongPayload;
    const publicName = instance.role.translation.toPublic(carried.name);
    const subscriptions = host.subscribersOf(publicName);
    if (subscriptions.length === 0) return noReceivers(publicName);
    const number = this.#nextNumber();
    const request = host.open(instance, publish, subscriptions.length);
    const message = host.acceptance({
      activityId: carried.activityId,
      envelope: envelopes.encode(carried.message),
      deadlineMs: publish.deadlineMs,
      isSecurity: true,
      replyInstance: 0,
      replyRequest: number,
    });
    // Before it is delivered: the answer may come at once.
    const roles = new Set(subscriptions.map(({ role }) => role));
    this.#open.set(number, {
      activity: message.activity,
      activityId: new Uint8Array(publish.activityId),
      roles,
      requester: instance.handle,
      request: publish.request,
      id: carried.id,
      timer: this.#options.timers.add(message.expiresAtMs, () => this.#close(number)),
    });
    let taken = 0;
    for (const subscription of subscriptions) if (host.offer(new Copy(message, subscription, request))) taken += 1;
    if (taken > 0) return undefined;
    this.#close(number);
    instance.noLongerWaits(publish.request);
    return queueFull(publicName);
  }

  /** Whether a message answers an open request: it has its return path, its activity, and comes from who was asked. */
  isAnswer({ role }: Instance, { replyInstance, replyRequest, activityId }: Publish): boolean {
    if (replyInstance !== 0 || replyRequest === 0) return false;
    const open = this.#open.get(replyRequest);
    return open?.activity === activityText(activityId) && open.roles.has(role);
  }

  /** Gives an answer to the instance that asked: straight, if it waits for it, else by the queue of its role. */
  answer({ replyRequest }: Publish, { fields, json }: Told): Refused | undefined {
    const { host, envelopes } = this.#options;
    const open = this.#open.get(replyRequest);
    const subscription = host.security?.subscriptions.get(securityResponse);
    this.#close(replyRequest);
    if (!open || !subscription) return noReceivers(securityResponse);
    const response = host.acceptance({
      activityId: open.activityId,
      envelope: envelopes.encode({ ...fields, id: bytesOf(envelopes.newId()), responseTo: open.id, payload: json }),
      deadlineMs: 0,
      isSecurity: false,
      replyInstance: 0,
      replyRequest: 0,
    });
    const copy = new Copy(response, subscription, undefined);
    const requester = open.request === 0 ? undefined : host.instanceOf(open.requester);
    if (!requester) return host.offer(copy) ? undefined : queueFull(securityResponse);
    if (!requester.role.replyMemory.hasRoom(copy.bytes)) return queueFull(securityResponse);
    requester.noLongerWaits(open.request);
    copy.answers = open.request;
    copy.holdIn(requester.role.replyMemory);
    requester.take(copy);
    return undefined;
  }

  #close(number: number): void {
    this.#open.get(number)?.timer.cancel();
    this.#open.delete(number);
  }

  #nextNumber(): number {
    do {
      this.#last = this.#last === 0xffff_ffff ? 1 : this.#last + 1;
    } while (this.#open.has(this.#last));
    return this.#last;
  }

  /** The message that an envelope carries, if that is one. */
  #carried(envelope: Uint8Array): Carried | undefined {
    const { envelopes } = this.#options;
    const fields = decoded(envelopes, envelope);
    if (!fields || envelopes.jsonMistake(fields.payload) !== undefined) return undefined;
    const members = envelopes.rawMembers(fields.payload);
    const name = textIn(members, "name");
    const id = textIn(members, "id") ?? envelopes.newId();
    const activity = textIn(members, "activityId") ?? envelopes.newId();
    if (name === undefined || !isId(id) || !isId(activity)) return undefined;
    const [auth = fields.auth, payload = none] = [members?.get("auth"), members?.get("payload")];
    const message = { ...fields, id: bytesOf(id), auth, payload };
    // What is kept must not keep the whole frame that it came in.
    return { name, activityId: bytesOf(activity), id: new Uint8Array(fields.id), message };
  }
}

function decoded(envelopes: Envelopes, envelope: Uint8Array): EnvelopeFields | undefined {
  try {
    return envelopes.decode(envelope);
  } catch {
    return undefined;
  }
}

/** A member that is a text, unless it is empty. */
function textIn(members: ReadonlyMap<string, Uint8Array> | undefined, key: string): string | undefined {
  const json = members?.get(key);
  const value: unknown = json && JSON.parse(textOf(json));
  return typeof value === "string" && value !== "" ? value : undefined;
}

const wrongPayload: Refused = {
  reason: "INVALID_MESSAGE",
  detail: `The payload of a '${securityRequest}' is a message: an object with a name. Its id and activityId have 1 to 255 characters without control characters.`,
};
