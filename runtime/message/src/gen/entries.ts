// Generated from the list of fields, ../fields.ts, by tools/message-code. Do not edit: run 'npm run message:generate'.
import type { HeaderReaders } from "../header-readers.ts";
import { durationMember, givenMember, idMember, type Members, payloadMember, textMember } from "../members.ts";
import type { Completion, Draft, HeadFrom, OutgoingMessage } from "../message-types.ts";

/** A message as an app writes it, under a name that was checked. Throws a Refusal. */
export function appJsonDraft(members: Members, name: string): Draft {
  return {
    name,
    payload: payloadMember(members, "payload"),
    id: idMember(members, "id", "The 'id'"),
    activityId: idMember(members, "activityId", "The 'activityId'"),
    responseTo: idMember(members, "responseTo", "The 'responseTo'"),
    auth: givenMember(members, "auth"),
  };
}

/** A reply in an app's answer, under a name that was checked. Throws a Refusal. */
export function appReplyDraft(members: Members, name: string): Draft {
  return {
    name,
    payload: payloadMember(members, "payload"),
    id: idMember(members, "id", "The id of a reply"),
    auth: givenMember(members, "auth"),
  };
}

/** A message as a client writes it, under a name that was checked. Throws a Refusal. */
export function clientJsonDraft(members: Members, name: string): Draft {
  return {
    name,
    payload: payloadMember(members, "payload"),
    id: idMember(members, "id", "The 'id'"),
    activityId: idMember(members, "activityId", "The 'activityId'"),
    responseTo: idMember(members, "responseTo", "The 'responseTo'"),
    traceparent: textMember(members, "traceparent"),
    tracestate: textMember(members, "tracestate"),
    deadlineMs: durationMember(members, "deadline"),
  };
}

/** What the headers of an app's request say of a message. Throws a Refusal. */
export function appHeadersOf<Source>(source: Source, read: HeaderReaders<Source>): HeadFrom<"appHeaders"> {
  return {
    id: read.id(source, "exo-message-id"),
    activityId: read.id(source, "exo-activity-id"),
    responseTo: read.id(source, "exo-response-to"),
    auth: read.json(source, "exo-auth"),
    traceparent: read.trace(source, "traceparent"),
    tracestate: read.trace(source, "tracestate"),
    deadlineMs: read.duration(source, "exo-deadline"),
  };
}

/** What the headers of a client's call say of a message. Throws a Refusal. */
export function clientHeadersOf<Source>(source: Source, read: HeaderReaders<Source>): HeadFrom<"clientHeaders"> {
  return {
    id: read.id(source, "exo-message-id"),
    activityId: read.id(source, "exo-activity-id"),
    responseTo: read.id(source, "exo-response-to"),
    traceparent: read.trace(source, "traceparent"),
    tracestate: read.trace(source, "tracestate"),
    deadlineMs: read.duration(source, "exo-deadline"),
  };
}

/** One of many messages, with what the headers say of all of them where it does not say otherwise. */
export function withHead(draft: Draft, head: Omit<HeadFrom<"appHeaders">, "id">): Draft {
  return {
    name: draft.name,
    payload: draft.payload,
    id: draft.id,
    activityId: draft.activityId ?? head.activityId,
    responseTo: draft.responseTo ?? head.responseTo,
    auth: draft.auth ?? head.auth,
    traceparent: draft.traceparent ?? head.traceparent,
    tracestate: draft.tracestate ?? head.tracestate,
    deadlineMs: draft.deadlineMs ?? head.deadlineMs,
  };
}

/** A message of a draft and of what its edge has worked out. */
export function completeMessage(draft: Draft, completion: Completion): OutgoingMessage {
  return {
    name: draft.name,
    payload: draft.payload,
    id: completion.id,
    activityId: completion.activityId,
    responseTo: completion.responseTo,
    auth: completion.auth,
    traceparent: completion.traceparent,
    tracestate: completion.tracestate,
    deadlineMs: completion.deadlineMs,
  };
}

/** What a client says of a message, beside its payload, that must be the same when it sends the message again. */
export function repeatedFields(draft: Draft): readonly unknown[] {
  return [draft.name, draft.id, draft.activityId, draft.responseTo];
}
