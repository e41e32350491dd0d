/** What of a message from the bus its reader gets to see. */
export interface MessageFields {
  readonly name: string;
  readonly id: string;
  readonly activityId: string;
  /** Empty: it is no reply, or nobody knows to what. */
  readonly responseTo: string;
  readonly attempt: number;
  readonly timestampSeconds: number;
  readonly timestampNanos: number;
  readonly responseTimeNs: number;
  readonly isSecurity: boolean;
  /** JSON text, checked by `jsonTextMistake` of ../json where it left the bus. Empty: none. */
  readonly envelope: { readonly payload: Uint8Array; readonly auth: Uint8Array };
}

const nullText = "null";
const decoder = new TextDecoder();

/**
 * A message from the bus as the app gets it: docs/reference/http-api.md. The payload stands in it byte for byte. `isAuthShown`: not
 * to those outside, who learn nothing of the `auth` by which a message found them.
 */
export function messageJson(incoming: MessageFields, isAuthShown = true): string {
  const { name, id, activityId, responseTo, envelope, isSecurity, responseTimeNs, attempt } = incoming;
  const replies = responseTo === "" ? "" : `,"responseTo":${JSON.stringify(responseTo)}`;
  const auth = isAuthShown ? `,"auth":${rawText(envelope.auth)}` : "";
  return (
    `{"name":${JSON.stringify(name)},"payload":${rawText(envelope.payload)},"id":${JSON.stringify(id)}` +
    `,"activityId":${JSON.stringify(activityId)}${replies}${auth}` +
    `,"isSecurity":${isSecurity},"sender":"","timestamp":"${timestampOf(incoming)}"` +
    `,"responseTime":${responseTimeNs},"attempt":${attempt}}`
  );
}

/** JSON text was checked to be UTF-8, so that decoding and encoding it changes nothing. */
function rawText(json: Uint8Array): string {
  return json.length === 0 ? nullText : decoder.decode(json);
}

let lastSecond = -1;
let lastSecondText = "";

/** RFC 3339 with nanoseconds. The date is written once a second, as most messages share it with the one before. */
function timestampOf({ timestampSeconds, timestampNanos }: MessageFields): string {
  if (timestampSeconds !== lastSecond) {
    lastSecond = timestampSeconds;
    lastSecondText = new Date(timestampSeconds * 1000).toISOString().slice(0, 19);
  }
  return `${lastSecondText}.${String(timestampNanos).padStart(9, "0")}Z`;
}
