/**
 * One JSON message, as it stands at every edge: docs/reference/http-api.md. Pure, like the core of a process: what reads and
 * writes messages here knows no sockets and no HTTP.
 */
export { parseDeadline } from "./deadline.ts";
export type { Draft } from "./draft.ts";
export type { Envelope, ReturnPath } from "./envelope.ts";
export { checkId, checkName, isId, maxNameBytes, nameOfPath } from "./message-form.ts";
export { type MessageFields, messageJson } from "./message-json.ts";
export { draftOfMembers, givenMember, type Members, textMember } from "./message-members.ts";
export { Refusal } from "./refusal.ts";
