import type { ShownMessage } from "./message-types.ts";

const nullText = "null";
const decoder = new TextDecoder();

/** JSON text was checked to be UTF-8, so that decoding and encoding it changes nothing. */
export function rawText(json: Uint8Array): string {
  return json.length === 0 ? nullText : decoder.decode(json);
}

/** What W3C Trace Context has in its headers, all of it printable ASCII. A sender may say anything. */
const traceText = /^[\x20-\x7e]+$/;

/** Whether a text may stand in a header of W3C Trace Context. */
export function isTraceText(text: string): boolean {
  return traceText.test(text);
}

let lastSecond = -1;
let lastSecondText = "";

/** RFC 3339 with nanoseconds. The date is written once a second, as most messages share it with the one before. */
export function timestampText({ timestampSeconds, timestampNanos }: ShownMessage): string {
  if (timestampSeconds !== lastSecond) {
    lastSecond = timestampSeconds;
    lastSecondText = new Date(timestampSeconds * 1000).toISOString().slice(0, 19);
  }
  return `${lastSecondText}.${String(timestampNanos).padStart(9, "0")}Z`;
}
