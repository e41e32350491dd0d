import { longestText } from "./frame-limits.ts";

/**
 * The beginning of a text for people, at most `longestText` characters of it: what is kept or passed on of it. A cut one is a copy, as
 * a slice keeps the whole text in memory for as long as it lives: one of a thousand characters could keep a frame of megabytes.
 */
export function cutText(text: string): string {
  return text.length <= longestText ? text : Buffer.from(text.slice(0, longestText)).toString();
}
