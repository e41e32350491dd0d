import { createHash } from "node:crypto";
import type { Caller } from "./core/client-sends.ts";
import type { Desk } from "./core/desk.ts";

/** Reasons after which a call may have had an effect, so that it must not be made again. */
export const lasting: ReadonlySet<string> = new Set(["HANDLER_FAILED", "DEADLINE_EXCEEDED"]);

/** The key that a client gave a call, with whose it is: its user's, else its session's, else its address'. */
export function callKey(given: string, { session, user, address }: Caller, { calls }: Pick<Desk, "calls">): string {
  const ofSession = session && `session ${session.id}\0${given}`;
  if (!user) return ofSession ?? `address ${address}\0${given}`;
  // The call may have been made for the first time before its session was signed in.
  return ofSession && calls.has(ofSession) ? ofSession : `user ${user.id}\0${given}`;
}

/** Whose share of the remembered answers a call counts for. */
export function ownerOf({ user, address }: Caller): string {
  return user ? `user ${user.id}` : `address ${address}`;
}

/** The id of a message by the key of its call, by which the broker knows durable ones again: RFC 9562, version 8. */
export function idOfCall(key: string): string {
  const hex = createHash("sha256").update(key).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
