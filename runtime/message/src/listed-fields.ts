import type { Entry, Exit, MessageField } from "./field.ts";
import { messageFields } from "./fields.ts";
import type { FieldName } from "./message-types.ts";

export type { Entry, Exit } from "./field.ts";
export { messageFields } from "./fields.ts";

/** A field of the list, with its name in code. */
export interface ListedField extends MessageField {
  readonly name: FieldName;
}

/** All fields, in the order of the list. For what is made once; what is made of each message is generated. */
export const listedFields: readonly ListedField[] = Object.entries<MessageField>(messageFields).map(
  ([name, field]) => ({ name: name as FieldName, ...field }),
);

/** The fields that enter by a way, in the order of the list. */
export function fieldsFrom(way: Entry): readonly ListedField[] {
  return listedFields.filter(({ from }) => from.includes(way));
}

/** The fields that leave by a way, in the order of the list. */
export function fieldsTo(way: Exit): readonly ListedField[] {
  return listedFields.filter(({ to }) => to.includes(way));
}

/** The headers of a message in requests of apps, or of clients of the gateway: in lower case, as Node gives them. */
export function headersFrom(way: "appHeaders" | "clientHeaders"): readonly string[] {
  return fieldsFrom(way).flatMap(({ header }) => header ?? []);
}
