import { randomUUID } from "node:crypto";
import { decodeEnvelope, encodeEnvelope } from "@exosphere/frames";
import { jsonMistake, rawMembers } from "@exosphere/message/json";
import type { Envelopes } from "./core/security/envelopes.ts";

/** Envelopes as they travel, for the core. */
export const envelopes: Envelopes = {
  decode: decodeEnvelope,
  encode: encodeEnvelope,
  jsonMistake,
  rawMembers,
  newId: randomUUID,
};
