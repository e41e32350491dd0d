import type { BusEvent } from "./bus-event.ts";

/** One time that a copy was with an instance. */
export interface Attempt {
  readonly at: number;
  readonly instance: string;
  /** How long the copy had waited since it was accepted, in milliseconds. */
  readonly waitedMs: number;
  endedAt?: number;
  outcome?: string;
  detail?: string;
}

/** What became of a message at one role. */
export interface CopyRecord {
  readonly to: string;
  /** That role's name for it. */
  readonly name: string;
  readonly isReply: boolean;
  readonly attempts: Attempt[];
  endedAt?: number;
  outcome?: string;
  detail?: string;
}

/** A message of an activity. */
export interface MessageRecord {
  readonly number: number;
  /** The role that sent it; absent where the bus itself did, or where that was not seen. */
  readonly from?: string | undefined;
  readonly instance?: string | undefined;
  /** The application's name, and the sender's. */
  readonly name: string;
  readonly sentAs?: string | undefined;
  readonly at: number;
  readonly id?: string | undefined;
  readonly responseTo?: string | undefined;
  readonly isRequest: boolean;
  readonly bytes: number;
  readonly payload?: string | undefined;
  readonly payloadBytes?: number | undefined;
  readonly auth?: string | undefined;
  readonly refused?: { readonly reason: string; readonly detail: string };
  readonly copies: CopyRecord[];
}

/** One external event and all that followed from it. */
export interface Activity {
  readonly id: string;
  at: number;
  last: number;
  readonly messages: MessageRecord[];
  /** Messages beyond those that are kept. */
  omitted: number;
  errors: number;
  retries: number;
}

/** Messages of one activity that are kept: what nobody reads to its end in a diagram. */
const maxMessages = 400;
/** Attempts of a copy that are kept. */
const maxAttempts = 50;

/** An activity of which nothing is known yet. */
export function newActivity(id: string, at: number): Activity {
  return { id, at, last: at, messages: [], omitted: 0, errors: 0, retries: 0 };
}

/** Adds what happened to what is known of an activity. */
export function addEvent(activity: Activity, event: BusEvent): void {
  activity.at = Math.min(activity.at, event.at);
  activity.last = Math.max(activity.last, event.at);
  if (event.kind === "published" || event.kind === "refused") {
    if (event.kind === "refused") activity.errors += 1;
    addMessage(activity, messageOf(event));
    return;
  }
  const message = messageFor(activity, event);
  if (!message) return;
  const copy = copyFor(message, event);
  if (event.kind === "delivered") {
    if (copy.attempts.length >= maxAttempts) return;
    copy.attempts.push({ at: event.at, instance: event.instance ?? "", waitedMs: event.waitedMs ?? 0 });
    return;
  }
  const attempt = copy.attempts.at(-1);
  const ending = { endedAt: event.at, outcome: event.outcome ?? "", ...(event.detail && { detail: event.detail }) };
  if (attempt && attempt.endedAt === undefined) Object.assign(attempt, ending);
  if (event.kind === "retried") activity.retries += 1;
  else {
    Object.assign(copy, ending);
    if (event.outcome !== "ok") activity.errors += 1;
  }
}

function addMessage(activity: Activity, message: MessageRecord): MessageRecord | undefined {
  if (activity.messages.length >= maxMessages) {
    activity.omitted += 1;
    return undefined;
  }
  activity.messages.push(message);
  return message;
}

function messageOf(event: BusEvent): MessageRecord {
  const { kind, at, role, instance, publicName = "", name = "", message = 0, bytes = 0 } = event;
  const isSent = kind === "published" || kind === "refused";
  return {
    number: message,
    from: isSent ? role : event.sender,
    instance: isSent ? instance : undefined,
    name: publicName || name,
    sentAs: isSent ? name : undefined,
    at: isSent ? at : at - (event.waitedMs ?? 0),
    id: event.id,
    responseTo: event.responseTo,
    isRequest: event.isRequest ?? false,
    bytes,
    payload: event.payload,
    payloadBytes: event.payloadBytes,
    auth: event.auth,
    ...(kind === "refused" && { refused: { reason: event.outcome ?? "", detail: event.detail ?? "" } }),
    copies: [],
  };
}

/** Of a message that was not seen when it was sent, what its copies tell. */
function messageFor(activity: Activity, event: BusEvent): MessageRecord | undefined {
  const known = activity.messages.findLast(({ number }) => number === event.message);
  return known ?? addMessage(activity, messageOf(event));
}

function copyFor(message: MessageRecord, { role, name = "", isReply = false }: BusEvent): CopyRecord {
  const known = message.copies.find(({ to }) => to === role);
  if (known) return known;
  const copy: CopyRecord = { to: role, name, isReply, attempts: [] };
  message.copies.push(copy);
  return copy;
}

/** What a list shows of an activity. */
export interface ActivityRow {
  readonly id: string;
  readonly at: number;
  readonly ms: number;
  readonly messages: number;
  readonly errors: number;
  readonly retries: number;
  /** Who began it, and with what. */
  readonly from: string;
  readonly name: string;
  readonly roles: readonly string[];
}

/** Every role that takes part. */
export function rolesOf({ messages }: Activity): string[] {
  const roles = new Set<string>();
  for (const { from, copies } of messages) {
    if (from) roles.add(from);
    for (const { to } of copies) roles.add(to);
  }
  return [...roles];
}

/** What a list shows of an activity. */
export function rowOf(activity: Activity): ActivityRow {
  const { id, at, last, messages, omitted, errors, retries } = activity;
  const [first] = messages;
  return {
    id,
    at,
    ms: last - at,
    messages: messages.length + omitted,
    errors,
    retries,
    from: first?.from ?? "",
    name: first?.name ?? "",
    roles: rolesOf(activity),
  };
}
