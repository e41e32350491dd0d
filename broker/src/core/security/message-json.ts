import { jsonForSecurity } from "@exosphere/message";
import type { EnvelopeFields, Envelopes } from "../envelopes.ts";

/** A message that the security role is asked about. */
export interface DescribedMessage {
  readonly name: string;
  readonly activityId: Uint8Array;
  readonly fields: EnvelopeFields;
  /** Who sent it, as the bus knows. */
  readonly sender: string;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * A message as the security role gets it. Payload and `auth` are the bytes that were sent, so that numbers and the order of keys
 * survive. Returns what is wrong with the message instead if these are not JSON: whoever attaches may send any bytes, and could
 * else write members of its own behind them.
 */
export function messageJson(message: DescribedMessage, { jsonMistake }: Envelopes): Uint8Array | string {
  const { name, fields, activityId, sender } = message;
  const { payload, auth } = fields;
  const mistake =
    mistakeOf("payload", payload, jsonMistake) ??
    mistakeOf("auth", auth, jsonMistake) ??
    mistakeOf("id", fields.id) ??
    mistakeOf("activity id", activityId);
  if (mistake !== undefined) return mistake;
  const texts = { id: textOf(fields.id), activityId: textOf(activityId) };
  return encoder.encode(jsonForSecurity({ ...fields, ...texts, name, sender }));
}

/** A text as it travels. */
export function bytesOf(text: string): Uint8Array {
  return encoder.encode(text);
}

/** What travels, as text. Throws if it is not UTF-8. */
export function textOf(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

function mistakeOf(what: string, bytes: Uint8Array, jsonMistake?: Envelopes["jsonMistake"]): string | undefined {
  if (jsonMistake) {
    const mistake = bytes.byteLength === 0 ? undefined : jsonMistake(bytes);
    return mistake && `The ${what} is not JSON: ${mistake}.`;
  }
  try {
    decoder.decode(bytes);
    return undefined;
  } catch {
    return `The ${what} is not UTF-8.`;
  }
}
