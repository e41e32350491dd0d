import { isJson } from "./is-json.ts";

/** A message that is to be made into text. Empty: it has none. */
interface TextMessage {
  readonly envelope: { readonly payload: Uint8Array; readonly auth: Uint8Array };
}

/**
 * Why a message from the bus must not be made into text: its payload or `auth` is not exactly one JSON value. A sender that does not
 * go by our edges could write members of the message into it, such as another `name`. For the `textMistake` of a link: once per message.
 */
export function jsonTextMistake({ envelope: { payload, auth } }: TextMessage): string | undefined {
  if (payload.length > 0 && !isJson(payload)) return "Its payload is not one JSON value.";
  if (auth.length > 0 && !isJson(auth)) return "Its auth is not one JSON value.";
  return undefined;
}
