import type { EnvelopeFields, Envelopes } from "../envelopes.ts";
import type { Publication } from "../publication.ts";
import type { RoleIdentity } from "../role-identity.ts";
import { messageJson } from "./message-json.ts";

/** What the security role is asked about a message. */
export interface AuthorizationRequest {
  /** What its sender said of the message, decoded. */
  readonly fields: EnvelopeFields;
  /** The whole message, as the payload of the question. */
  readonly json: Uint8Array;
}

/** The authorization request for a message of a role, or what is wrong with the message. */
export function authorizationRequestFor(
  name: string,
  sender: RoleIdentity,
  { envelope, activityId }: Publication,
  envelopes: Envelopes,
): AuthorizationRequest | string {
  try {
    const fields = envelopes.decode(envelope);
    const json = messageJson({ name, activityId, fields, sender: sender.name }, envelopes);
    return typeof json === "string" ? json : { fields, json };
  } catch {
    return "The envelope of the message cannot be decoded.";
  }
}
