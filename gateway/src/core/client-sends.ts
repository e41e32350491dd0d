import type { Holders, Share } from "@exosphere/collections";
import { checkId, completeMessage, type Draft, messageFields } from "@exosphere/message";
import type { Answered, Bus, Outgoing } from "./bus.ts";
import type { CreditShare } from "./credit-share.ts";
import { Denied } from "./denied.ts";
import type { Rights } from "./rights.ts";
import type { Session } from "./session.ts";
import { authOf, type User } from "./user.ts";

/** Who sends. */
export interface Caller {
  /** Its session, if it named one. */
  readonly session: Session | undefined;
  readonly user: User | undefined;
  /** Where it calls from, as limits count it. */
  readonly address: string;
}

/** Kinds of holders of open requests, and of messages that the broker has not confirmed. */
export type SendKind = "session" | "user" | "address";

/**
 * What one holder of each kind may have, of all that may be: a page asks for dozens of things at once, a user has several
 * devices, and behind an address may be an office.
 */
export const sendFractions: Readonly<Record<SendKind, number>> = { session: 0.05, user: 0.1, address: 0.25 };

/** Ids of a message that the bus has accepted. */
export interface Ids {
  readonly id: string;
  readonly activityId: string;
}

/** Is called once: with the ids, or with why the bus did not accept the message. */
export type Sent = (error: Error | undefined, ids: Ids) => void;

/** A request that was sent. */
export interface OpenRequest {
  /** Whether it waits for its reply. */
  readonly isOpen: boolean;
  /** Its caller no longer waits. */
  readonly giveUp: () => void;
}

/** What sending needs. */
export interface ClientSendsOptions {
  readonly bus: Bus;
  readonly rights: () => Rights;
  /** Milliseconds of the core's clock. */
  readonly now: () => number;
  readonly newId: () => string;
  /** An id for a caller without a session, for this one call. */
  readonly newCallId: () => string;
  readonly isDraining: () => boolean;
  /** Requests that wait for their replies. */
  readonly requests: Share<SendKind>;
  /** Messages that the broker has not confirmed. */
  readonly unconfirmed: CreditShare<SendKind>;
}

/** How long a request waits for its reply if its caller does not say, in milliseconds: docs/reference/http-api.md. */
const defaultRequestMs = 10_000;

/** Puts clients' messages on the bus: completes them, and checks that these clients may send them. */
export class ClientSends {
  readonly #options: ClientSendsOptions;

  constructor(options: ClientSendsOptions) {
    this.#options = options;
  }

  /** Requests that wait for their replies. */
  get openRequests(): number {
    return this.#options.requests.used;
  }

  /** What a caller is refused for whatever its payload is: before that is read. Throws a Denied. */
  admit(caller: Caller, name: string, isRequest: boolean): void {
    const { rights, isDraining, requests } = this.#options;
    if (isDraining()) throw new Denied("DRAINING", "The gateway is shutting down. Try again.", { retryAfterMs: 1000 });
    if (!rights().maySend(name, caller.user)) throw notAllowed(name, caller.user);
    const lacking = isRequest ? requests.lacks(holdersOf(caller)) : undefined;
    if (lacking !== undefined) throw tooManyOpen(lacking, requests.limitOf(lacking));
  }

  /** Sends a message. Throws a Denied or a Refusal. */
  send(caller: Caller, draft: Draft, sent: Sent): void {
    const { bus, unconfirmed, now } = this.#options;
    const complete = this.#complete(caller, draft, draft.deadlineMs ?? 0);
    const message = complete.responseTo === "" ? asReply(complete, caller, now()) : complete;
    const holders = holdersOf(caller);
    const bytes = message.payload.byteLength;
    if (!unconfirmed.take(holders, bytes)) throw tooManyUnconfirmed();
    let isHeld = true;
    const release = () => {
      if (isHeld) unconfirmed.release(holders, bytes);
      isHeld = false;
    };
    try {
      bus.send(message, (error) => {
        release();
        sent(error, message);
      });
    } catch (thrown) {
      // By the bus, or by `sent` where the bus has called it at once.
      release();
      throw thrown;
    }
  }

  /** Sends a message and waits for the reply. Throws a Denied or a Refusal. */
  request(caller: Caller, draft: Draft, answered: Answered): OpenRequest {
    const { bus, rights, requests } = this.#options;
    const message = this.#complete(caller, draft, draft.deadlineMs ?? defaultRequestMs);
    const holders = holdersOf(caller);
    const lacking = requests.take(holders);
    if (lacking !== undefined) throw tooManyOpen(lacking, requests.limitOf(lacking));
    const open = { isOpen: true, giveUp: () => {} };
    const close = () => {
      if (open.isOpen) requests.release(holders);
      open.isOpen = false;
    };
    try {
      const number = bus.request(message, (error, reply) => {
        close();
        if (reply && !rights().mayReceive(reply.name, caller.user)) return answered(notReceived(reply.name), undefined);
        answered(error, reply);
      });
      open.giveUp = () => {
        if (!open.isOpen) return;
        close();
        bus.abandon(number);
      };
    } catch (thrown) {
      close();
      throw thrown;
    }
    return open;
  }

  #complete(caller: Caller, draft: Draft, deadlineMs: number): Outgoing {
    const { newId, newCallId } = this.#options;
    const { session, user } = caller;
    const { name } = draft;
    // Rights may have changed, or a drain begun, since the caller was admitted.
    this.admit(caller, name, false);
    const named = checkId(draft.responseTo, messageFields.responseTo.header) ?? "";
    // Only a session that was given a request may answer it: the requester would accept a reply by its id alone.
    const responseTo = named !== "" && session?.wasGiven(named) ? named : "";
    const returnPath = responseTo === "" ? undefined : session?.replyPathOf(responseTo);
    if (returnPath) session?.answered(responseTo);
    const message = completeMessage(draft, {
      id: checkId(draft.id, messageFields.id.header) ?? newId(),
      activityId: checkId(draft.activityId, messageFields.activityId.header) ?? returnPath?.activityId ?? newId(),
      responseTo,
      auth: session?.auth ?? authOf(newCallId(), user),
      traceparent: draft.traceparent ?? "",
      tracestate: draft.tracestate ?? "",
      deadlineMs,
    });
    return { ...message, returnPath };
  }
}

/** A message that names no other, as the reply to a request that waits in its activity, if there is one. */
function asReply(message: Outgoing, { session }: Caller, nowMs: number): Outgoing {
  const request = session?.answerIn(message.activityId, nowMs);
  if (!request) return message;
  return { ...message, responseTo: request.id, returnPath: request.path, isReplyGuessed: true };
}

function holdersOf({ session, user, address }: Caller): Holders<SendKind> {
  return { session: session?.id, user: user?.id, address };
}

function tooManyOpen(part: SendKind | "total", limit: number): Denied {
  const whose = part === "total" ? "" : ` of this ${part}`;
  const detail = `${limit} requests${whose} wait for their replies already. Ask later, or raise --max-open-requests.`;
  return new Denied("RATE_LIMITED", detail, { retryAfterMs: 1000, facts: { limit, scope: part } });
}

function tooManyUnconfirmed(): Denied {
  const detail = "Too many messages wait for the broker to confirm them: send fewer at once, or later.";
  return new Denied("RATE_LIMITED", detail, { retryAfterMs: 1000 });
}

function notAllowed(name: string, user: User | undefined): Denied {
  const detail = user
    ? `This user may not send '${shorten(name)}'. See 'gateway' in application.yml.`
    : `Anonymous clients may not send '${shorten(name)}'. Sign in, or see 'gateway' in application.yml.`;
  return new Denied("NOT_ALLOWED", detail, { facts: { name } });
}

function notReceived(name: string): Denied {
  const detail = `A reply '${name}' came, which this client may not receive. See 'gateway' in application.yml.`;
  return new Denied("NOT_ALLOWED", detail, { facts: { name } });
}

function shorten(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
