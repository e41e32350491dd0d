import { parseDeadline } from "./deadline.ts";
import { checkId } from "./message-form.ts";
import { Refusal } from "./refusal.ts";

/** The members of a JSON object by key, each the exact bytes of its value. */
export type Members = ReadonlyMap<string, Uint8Array>;

const none = new Uint8Array(0);
const decoder = new TextDecoder();

/** A member of text. Absent, or null as some write it for that: undefined. Throws a Refusal if it is anything else. */
export function textMember(members: Members, key: string): string | undefined {
  const raw = givenMember(members, key);
  if (!raw) return undefined;
  const value: unknown = JSON.parse(decoder.decode(raw));
  if (typeof value !== "string") throw new Refusal(`The '${key}' of a message must be text.`);
  return value;
}

/** A member, unless it is null: that is how some write that there is none. */
export function givenMember(members: Members, key: string): Uint8Array | undefined {
  const raw = members.get(key);
  // "null" is the only value of JSON that begins with an n.
  return raw && raw[0] !== 0x6e ? raw : undefined;
}

/** The bytes of a payload, null included. Empty: there is none. */
export function payloadMember(members: Members, key: string): Uint8Array {
  return members.get(key) ?? none;
}

/** A member that is an id. `where`: what it is called in a refusal. Throws a Refusal. */
export function idMember(members: Members, key: string, where: string): string | undefined {
  return checkId(textMember(members, key), where);
}

/** A member that is a time such as `1500ms`, in milliseconds. Throws a Refusal. */
export function durationMember(members: Members, key: string): number | undefined {
  const text = textMember(members, key);
  return text === undefined ? undefined : parseDeadline(text);
}

/** A member that is a whole number between bounds. Throws a Refusal. */
export function integerMember(members: Members, key: string, min: number, max: number): number | undefined {
  const raw = givenMember(members, key);
  if (!raw) return undefined;
  const value: unknown = JSON.parse(decoder.decode(raw));
  if (isIntegerWithin(value, min, max)) return value;
  throw new Refusal(`The '${key}' of a message must be a whole number from ${min} to ${max}.`);
}

/** Whether something is a whole number between bounds. */
export function isIntegerWithin(value: unknown, min: number, max: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;
}
