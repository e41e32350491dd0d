/** Characters of a caller's own text that a refusal repeats: enough to recognise it. */
const maxLength = 100;

/** A caller's own text for a refusal, without sending a long one back whole. */
export function shorten(text: string): string {
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
}
