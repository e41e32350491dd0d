import { hash, timingSafeEqual } from "node:crypto";

/** Whether two texts are equal, in a time that tells nothing about where they differ or how long they are. For tokens. */
export function constantTimeEquals(left: string, right: string): boolean {
  return timingSafeEqual(hash("sha256", left, "buffer"), hash("sha256", right, "buffer"));
}

/** Whether a text is in a short list, in a time that says nothing about which one it is. */
export function constantTimeIncludes(texts: readonly string[], text: string): boolean {
  let isFound = false;
  for (const each of texts) isFound = constantTimeEquals(each, text) || isFound;
  return isFound;
}
