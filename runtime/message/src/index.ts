/**
 * What a message is, at every edge: the list of its fields, and what follows from it. docs/reference/http-api.md. Pure, like the core of
 * a process: what reads and writes messages here knows no sockets and no HTTP.
 */
export { parseDeadline } from "./deadline.ts";
export { clientDraftOfMembers, draftOfMembers, replyOfMembers } from "./draft-of-members.ts";
export type { Entry, Exit, FieldForm, MessageField } from "./field.ts";
export { messageFields } from "./fields.ts";
export { appHeadersOf, clientHeadersOf, completeMessage, repeatedFields, withHead } from "./gen/entries.ts";
export { addDeliveryHeaders, jsonForApp, jsonForClient, jsonForSecurity } from "./gen/exits.ts";
export type { HeaderReaders } from "./header-readers.ts";
export { isTraceText } from "./json-texts.ts";
export { fieldsFrom, fieldsTo, headersFrom, type ListedField, listedFields } from "./listed-fields.ts";
export { givenMember, isIntegerWithin, type Members, textMember } from "./members.ts";
export { checkId, checkName, isId, maxNameBytes } from "./message-form.ts";
export type {
  Completion,
  Draft,
  EncodedEnvelope,
  Envelope,
  FieldsFrom,
  FieldsTo,
  HeadFrom,
  IncomingMessage,
  JudgedMessage,
  MembersTo,
  OutgoingMessage,
  ReturnPath,
  ShownMessage,
} from "./message-types.ts";
export { Refusal } from "./refusal.ts";
