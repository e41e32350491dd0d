import type { Ref } from "./client-frame.ts";
import type { Opened } from "./sessions.ts";
import type { User } from "./user.ts";

/** What a client is told about the connection beside its session. */
export interface WelcomeFacts {
  readonly token: string;
  readonly pingMs: number;
  readonly ttlMs: number;
  readonly maxPayload: number;
}

/** The answer to `connect`, and the first event of a stream. */
export function welcomeFrame({ session, recovered, offset }: Opened, facts: WelcomeFacts): string {
  const { token, pingMs, ttlMs, maxPayload } = facts;
  return JSON.stringify({
    type: "welcome",
    session: token,
    sessionId: session.id,
    ...identityOf(session.user),
    recovered,
    offset,
    pingMs,
    ttlMs,
    maxPayload,
  });
}

/** The answer to `refresh`. */
export function refreshedFrame(ref: Ref, session: string, user: User | undefined): string {
  return withRef({ type: "refreshed" }, ref, { session, ...identityOf(user) });
}

/** The answer to `subscribe`. */
export function subscribedFrame(ref: Ref, names: readonly string[] | undefined): string {
  return withRef({ type: "subscribed" }, ref, { names: names ?? null });
}

/** The answer to `ping`. */
export function pongFrame(ref: Ref): string {
  return withRef({ type: "pong" }, ref, {});
}

/** The bus has a message. */
export function acceptedFrame(ref: Ref, id: string, activityId: string): string {
  return withRef({ type: "accepted" }, ref, { id, activityId });
}

/** The reply to a request; `message` is its JSON. */
export function replyFrame(ref: Ref, message: string): string {
  return `{"type":"reply","ref":${ref ?? null},"message":${message}}`;
}

/** Something was refused or has failed. */
export function problemFrame(ref: Ref, problem: object): string {
  return withRef({ type: "problem" }, ref, { problem });
}

/** Who a client is taken for, and how long. */
export function identityOf(user: User | undefined): object {
  return user ? { user: user.id, expiresAt: new Date(user.expiresMs).toISOString() } : {};
}

/** The ref stands as it came: a large number as well. */
function withRef(head: { readonly type: string }, ref: Ref, rest: object): string {
  const text = JSON.stringify({ ...head, ...rest });
  if (ref === undefined) return text;
  const start = JSON.stringify(head).length - 1;
  return `${text.slice(0, start)},"ref":${ref}${text.slice(start)}`;
}
