import type { Draft } from "./draft.ts";
import { checkId, checkName } from "./message-form.ts";
import { Refusal } from "./refusal.ts";

/** The members of a JSON object by key, each the exact bytes of its value. */
export type Members = ReadonlyMap<string, Uint8Array>;

const none = new Uint8Array(0);
const decoder = new TextDecoder();

/**
 * A message as an app writes it: docs/reference/http-api.md. The payload keeps its bytes. `name`: where it does not stand in the
 * object itself. Throws a Refusal.
 */
export function draftOfMembers(members: Members, name = textMember(members, "name")): Draft {
  if (name === undefined) throw new Refusal("A message needs a 'name': text of 1 to 255 bytes of UTF-8.");
  return {
    name: checkName(name),
    payload: members.get("payload") ?? none,
    id: checkId(textMember(members, "id"), "The 'id'"),
    activityId: checkId(textMember(members, "activityId"), "The 'activityId'"),
    responseTo: checkId(textMember(members, "responseTo"), "The 'responseTo'"),
    auth: givenMember(members, "auth"),
  };
}

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
  return raw && !isNull(raw) ? raw : undefined;
}

/** "null" is the only value of JSON that begins with an n. */
function isNull(json: Uint8Array): boolean {
  return json[0] === 0x6e;
}
