import { appJsonDraft, appReplyDraft, clientJsonDraft } from "./gen/entries.ts";
import { type Members, textMember } from "./members.ts";
import { checkName } from "./message-form.ts";
import type { Draft } from "./message-types.ts";
import { Refusal } from "./refusal.ts";

/**
 * A message as an app writes it: docs/reference/http-api.md. The payload keeps its bytes. `name`: where it does not stand in the
 * object itself. Throws a Refusal.
 */
export function draftOfMembers(members: Members, name = textMember(members, "name")): Draft {
  return appJsonDraft(members, givenName(name));
}

/** A message as a client of the gateway writes it: docs/reference/websocket.md. Throws a Refusal. */
export function clientDraftOfMembers(members: Members): Draft {
  return clientJsonDraft(members, givenName(textMember(members, "name")));
}

/** A reply as an app writes it into its answer to a delivery. Throws a Refusal. */
export function replyOfMembers(members: Members | undefined): Draft {
  const name = members && textMember(members, "name");
  if (!members || name === undefined) throw new Refusal("A reply in the app's answer must be an object with a name.");
  return appReplyDraft(members, checkName(name));
}

function givenName(name: string | undefined): string {
  if (name === undefined) throw new Refusal("A message needs a 'name': text of 1 to 255 bytes of UTF-8.");
  return checkName(name);
}
