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
const none = encoder.encode("null");

/**
 * A message as the security role gets it: `{name, payload, id, activityId, auth, isSecurity, sender}`. Payload and `auth` are
 * the bytes that were sent, so that numbers and the order of keys survive. Returns what is wrong with the message instead if
 * these are not JSON: whoever attaches may send any bytes, and could else write members of its own behind them.
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
  const ids = `"id":${quoted(fields.id)},"activityId":${quoted(activityId)}`;
  return concat([
    encoder.encode(`{"name":${JSON.stringify(name)},"payload":`),
    payload.byteLength === 0 ? none : payload,
    encoder.encode(`,${ids},"auth":`),
    auth.byteLength === 0 ? none : auth,
    encoder.encode(`,"isSecurity":false,"sender":${JSON.stringify(sender)}}`),
  ]);
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

function quoted(bytes: Uint8Array): string {
  return JSON.stringify(decoder.decode(bytes));
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
