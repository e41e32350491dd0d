import { type Draft, draftOfMembers, type Members, messageFields, Refusal, textMember } from "@exosphere/message";
import { type AppOutcome, isAppOutcome } from "./app-outcome.ts";

/** Names of the frames that are not messages. */
export const frameNames = {
  /** Says which role is at the other end. */
  registration: "exocom.register-service",
  /** Settles a delivery. */
  settlement: "exocom.settle",
  /** Tells the app of a refusal. */
  error: "exocom.error",
} as const;

/** What a client of a WebSocket can do beyond the legacy API: docs/reference/websocket.md. */
export interface SocketOptions {
  /** It understands `exocom.error` and close frames. */
  readonly errors: boolean;
  /** It settles its deliveries itself. */
  readonly settle: boolean;
}

/** What a frame of an app says. */
export type AppFrame =
  | { readonly kind: "registration"; readonly role: string }
  | { readonly kind: "settlement"; readonly id: string; readonly outcome: AppOutcome }
  | { readonly kind: "message"; readonly draft: Draft };

/** What a frame says, by its members. Unknown ones are ignored. Throws a Refusal. */
export function appFrameOf(members: Members): AppFrame {
  const name = textMember(members, "name");
  if (name === frameNames.registration) return registrationOf(members);
  if (name === frameNames.settlement) return settlementOf(members);
  return { kind: "message", draft: draftOfMembers(members) };
}

/** What a registration asks for, whatever else is wrong with it; undefined for any other frame. */
export function wishesOf(members: Members): SocketOptions | undefined {
  if (textOrEmpty(members, "name") !== frameNames.registration) return undefined;
  const { errors, settle } = objectMember(members, "payload");
  return { errors: errors === true, settle: settle === true };
}

/** The role that a frame claims for its sender, or empty. For the log: nobody believes it. */
export function claimedSender(members: Members): string {
  return textOrEmpty(members, "sender");
}

/** By which ids the sender of a frame may know it, whatever else is wrong with it. */
export function subjectOf(members: Members): { readonly id: string; readonly activityId: string } {
  const isSettlement = textOrEmpty(members, "name") === frameNames.settlement && members.has("payload");
  const { id } = isSettlement ? objectMember(members, "payload") : {};
  return {
    id: typeof id === "string" ? id.slice(0, maxRepeated) : textOrEmpty(members, "id"),
    activityId: textOrEmpty(members, "activityId"),
  };
}

function registrationOf(members: Members): AppFrame {
  const role = textMember(members, "sender");
  if (!role) throw new Refusal('A registration needs the role of its sender: {…, "sender": "users"}.');
  return { kind: "registration", role };
}

function settlementOf(members: Members): AppFrame {
  // Beside the name, as well as in a payload.
  const isFlat = !members.has("payload");
  const { id, outcome } = isFlat
    ? { id: textMember(members, "id"), outcome: textMember(members, "outcome") }
    : objectMember(members, "payload");
  if (typeof id !== "string" || id === "") throw new Refusal("A settlement names the 'id' of a message.");
  if (!isAppOutcome(outcome)) throw new Refusal("The 'outcome' of a settlement is 'done', 'retry' or 'dead'.");
  return { kind: "settlement", id, outcome };
}

/** A member as an object: an empty one if it is anything else. */
function objectMember(members: Members, key: string): Readonly<Record<string, unknown>> {
  const raw = members.get(key);
  const value: unknown = raw && JSON.parse(new TextDecoder().decode(raw));
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** Longest text of a refused frame that is repeated, in characters: that of an id. */
const maxRepeated = messageFields.id.form.maxCharacters;

function textOrEmpty(members: Members, key: string): string {
  try {
    const text = textMember(members, key) ?? "";
    return text.length <= maxRepeated ? text : "";
  } catch (error) {
    if (error instanceof Refusal) return "";
    throw error;
  }
}
