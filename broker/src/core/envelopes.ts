import type { EncodedEnvelope as EnvelopeFields } from "@exosphere/message";

export type { EncodedEnvelope as EnvelopeFields } from "@exosphere/message";

/**
 * How the core reads and writes what is in an envelope: for the security role, and for the id of a message where somebody asks
 * for it. On the way of a message envelopes are passed on unread.
 */
export interface Envelopes {
  /** Throws if the bytes are not an envelope. */
  decode(envelope: Uint8Array): EnvelopeFields;
  encode(fields: EnvelopeFields): Uint8Array;
  /** The id of the message in an envelope; undefined if that cannot be decoded. */
  idOf(envelope: Uint8Array): string | undefined;
  /** The number that stands for the handler of a message at a role, as messages carry it that such a handler waits for. Undefined if the message has no id. */
  handlerNumber(role: string, activityId: Uint8Array, envelope: Uint8Array): number | undefined;
  /** Why bytes are not JSON text, for people, or undefined if they are. */
  jsonMistake(json: Uint8Array): string | undefined;
  /** The members of an object that is known to be JSON, each the exact bytes of its value. Undefined if it is not an object. */
  rawMembers(json: Uint8Array): ReadonlyMap<string, Uint8Array> | undefined;
  /** An id for a message or an activity that nobody can guess. */
  newId(): string;
}
