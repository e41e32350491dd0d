import { isId } from "@exosphere/message";
import type { EnvelopeFields, Envelopes } from "../envelopes.ts";
import type { Failure } from "../failure.ts";
import type { Instance } from "../instance.ts";
import type { Limits } from "../limits.ts";
import { activityText } from "../message.ts";
import { checkForm, type Publication } from "../publication.ts";
import { noReceivers, queueFull } from "../refusals.ts";
import type { Role } from "../role.ts";
import type { Timer, TimerWheel } from "../timer-wheel.ts";
import type { AuthorizationRequest } from "./authorization-request.ts";
import { bytesOf, textOf } from "./message-json.ts";
import type { SecurityBus } from "./security-bus.ts";
import { securityRequest, securityResponse } from "./security-names.ts";

/** Dependencies of the security requests. */
export interface SecurityRequestsOptions {
  readonly limits: Pick<Limits, "maxSecurityRequests" | "maxPayloadBytes">;
  readonly timers: TimerWheel;
  readonly envelopes: Envelopes;
  readonly bus: SecurityBus;
}

/** A message of the security role that is on its way, and wants an answer. */
interface OpenSecurityRequest {
  /** The activity of the message that was delivered, in which the answer must come. */
  readonly activity: string;
  /** The activity of the `security request` itself, in which the `security response` goes. */
  readonly activityId: Uint8Array;
  /** Who was given it: nobody else can answer. */
  readonly roles: ReadonlySet<Role>;
  /** The number of the instance that asks. */
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
 * `security response`. The delivery's return path leads here, so that the answer is recognised however many others receive it: requester 0,
 * which no instance is, and the number of the request. The message has the id and the activity that it carries; the
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

  /** Delivers the message that a `security request` carries. While the broker shuts down as well: others wait for the verdict. */
  ask(sender: Instance<Role>, publication: Publication): Failure | undefined {
    const { bus, envelopes, limits } = this.#options;
    const malformed = checkForm(publication, limits.maxPayloadBytes);
    if (malformed) return malformed;
    if (this.#open.size >= limits.maxSecurityRequests) return queueFull(securityRequest);
    const carried = this.#carried(publication.envelope);
    if (!carried) return wrongPayload;
    const publicName = sender.role.translation.toPublic(carried.name);
    const subscriptions = bus.registry.subscribersOf(publicName);
    if (subscriptions.length === 0) return noReceivers(publicName);
    const number = this.#nextNumber();
    const request = bus.replies.open(sender, publication, subscriptions.length);
    const message = bus.placer.accept({
      activityId: carried.activityId,
      envelope: envelopes.encode(carried.message),
      lifetimeMs: publication.lifetimeMs,
      awaiting: publication.request === 0 ? [] : publication.awaiting,
      isSecurity: true,
      replyRequest: number,
    });
    // Before it is delivered: the answer may come at once.
    const roles = new Set(subscriptions.map(({ role }) => role));
    this.#open.set(number, {
      activity: message.activity,
      activityId: new Uint8Array(publication.activityId),
      roles,
      requester: sender.requester,
      request: publication.request,
      id: carried.id,
      timer: this.#options.timers.add(message.expiresAtMs, () => this.#close(number)),
    });
    if (bus.placer.offer(message, subscriptions, request) > 0) return undefined;
    this.#close(number);
    return queueFull(publicName);
  }

  /** Whether a message answers an open request: it has its return path, its activity, and comes from who was asked. */
  isAnswer({ role }: Instance<Role>, { requester, replyRequest, activityId }: Publication): boolean {
    if (requester !== 0 || replyRequest === 0) return false;
    const open = this.#open.get(replyRequest);
    return open?.activity === activityText(activityId) && open.roles.has(role);
  }

  /** Gives an answer to the instance that asked: straight, if it waits for it, else by the backlog of its role. */
  answer({ replyRequest }: Publication, { fields, json }: AuthorizationRequest): Failure | undefined {
    const { bus, envelopes } = this.#options;
    const open = this.#open.get(replyRequest);
    const subscription = bus.registry.security?.subscriptions.get(securityResponse);
    this.#close(replyRequest);
    if (!open || !subscription) return noReceivers(securityResponse);
    const id = bytesOf(envelopes.newId());
    const response = bus.placer.accept({
      activityId: open.activityId,
      envelope: envelopes.encode({ ...fields, id, responseTo: open.id, payload: json }),
    });
    const isTaken = bus.replies.answer(response, subscription, open) ?? bus.placer.offer(response, [subscription]) > 0;
    return isTaken ? undefined : queueFull(securityResponse);
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

const wrongPayload: Failure = {
  reason: "INVALID_MESSAGE",
  detail: `The payload of a '${securityRequest}' is a message: an object with a name. Its id and activityId have 1 to 255 characters without control characters.`,
};
