import { defaultRedacted, printable, redaction } from "@exosphere/telemetry";

/** Bytes of a refusal that are kept: an error body says what is wrong in its first lines. */
export const maxWordsBytes = 1024;

const redact = redaction(defaultRedacted);

/**
 * What an app said beside a status that refuses a delivery, for its operator: at most 1 KiB in one line, without the values of
 * fields such as `password`. Never for the requester, as it may tell of the inside of the app.
 */
export function wordsOf(body: Buffer): string {
  const isCut = body.length > maxWordsBytes;
  const text = new TextDecoder().decode(body.subarray(0, maxWordsBytes), { stream: isCut }).trim();
  return printable(redact(text, isCut)) + (isCut ? "…" : "");
}
