import { checkId, type Draft } from "@exosphere/runtime/message";
import type { Answered, Bus, Outgoing } from "./bus.ts";
import { Denied } from "./denied.ts";
import type { Rights } from "./rights.ts";
import type { Session } from "./session.ts";
import { authOf, type User } from "./user.ts";

/** Who sends. */
export interface Caller {
  /** Its session, if it named one. */
  readonly session: Session | undefined;
  readonly user: User | undefined;
}

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
  readonly newId: () => string;
  /** An id for a session that lives no longer than one call. */
  readonly newSessionId: () => string;
  readonly isDraining: () => boolean;
}

/** How long a request waits for its reply if its caller does not say, in milliseconds. CONTRACTS section 5. */
const defaultRequestMs = 10_000;

/** Puts clients' messages on the bus: completes them, and checks that these clients may send them. */
export class ClientSends {
  readonly #options: ClientSendsOptions;
  #open = 0;

  constructor(options: ClientSendsOptions) {
    this.#options = options;
  }

  /** Requests that wait for their replies. */
  get openRequests(): number {
    return this.#open;
  }

  /** Sends a message. Throws a Denied or a Refusal. */
  send(caller: Caller, draft: Draft, sent: Sent): void {
    const complete = this.#complete(caller, draft, draft.deadlineMs ?? 0);
    const message = complete.responseTo === "" ? asReply(complete, caller) : complete;
    this.#options.bus.send(message, (error) => sent(error, message));
  }

  /** Sends a message and waits for the reply. Throws a Denied or a Refusal. */
  request(caller: Caller, draft: Draft, answered: Answered): OpenRequest {
    const { bus, rights } = this.#options;
    const message = this.#complete(caller, draft, draft.deadlineMs ?? defaultRequestMs);
    const open = { isOpen: true, giveUp: () => {} };
    this.#open += 1;
    const close = () => {
      this.#open -= open.isOpen ? 1 : 0;
      open.isOpen = false;
    };
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
    return open;
  }

  #complete({ session, user }: Caller, draft: Draft, deadlineMs: number): Outgoing {
    const { rights, newId, newSessionId, isDraining } = this.#options;
    const { name } = draft;
    if (isDraining()) throw new Denied("DRAINING", "The gateway is shutting down. Try again.", { retryAfterMs: 1000 });
    if (!rights().maySend(name, user)) throw notAllowed(name, user);
    const responseTo = checkId(draft.responseTo, "exo-response-to") ?? "";
    const returnPath = responseTo === "" ? undefined : session?.replyPathOf(responseTo);
    if (returnPath) session?.answered(responseTo);
    return {
      name,
      payload: draft.payload,
      id: checkId(draft.id, "exo-message-id") ?? newId(),
      activityId: checkId(draft.activityId, "exo-activity-id") ?? returnPath?.activityId ?? newId(),
      responseTo,
      auth: session?.auth ?? authOf(newSessionId(), user),
      traceparent: draft.traceparent ?? "",
      tracestate: draft.tracestate ?? "",
      deadlineMs,
      returnPath,
    };
  }
}

/** A message that names no other, as the reply to a request that waits in its activity, if there is one. */
function asReply(message: Outgoing, { session }: Caller): Outgoing {
  const request = session?.answerIn(message.activityId);
  if (!request) return message;
  return { ...message, responseTo: request.id, returnPath: request.path, isReplyGuessed: true };
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
