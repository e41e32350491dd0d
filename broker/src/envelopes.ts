import { randomUUID } from "node:crypto";
import { decodeEnvelope, encodeEnvelope, handlerNumber } from "@exosphere/frames";
import { jsonMistake, rawMembers } from "@exosphere/message/json";
import type { Envelopes } from "./core/envelopes.ts";

/** Envelopes as they travel, for the core. */
export const envelopes: Envelopes = {
  decode: decodeEnvelope,
  encode: encodeEnvelope,
  idOf,
  handlerNumber: (role, activityId, envelope) => {
    const id = idOf(envelope);
    return id === undefined ? undefined : handlerNumber(role, Buffer.from(activityId).toString(), id);
  },
  jsonMistake,
  rawMembers,
  newId: randomUUID,
};

function idOf(envelope: Uint8Array): string | undefined {
  try {
    return Buffer.from(decodeEnvelope(envelope).id).toString();
  } catch {
    return undefined;
  }
}
