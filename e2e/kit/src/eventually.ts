import { setTimeout as pause } from "node:timers/promises";

/** How long a condition may take to come true, in milliseconds: many times what it takes on a busy machine. */
const defaultBoundMs = 15_000;

/** Waits until `look` gives something other than undefined or false. Fails, with `what` it waited for, past the bound. */
export async function eventually<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  boundMs: number = defaultBoundMs,
): Promise<T> {
  const endMs = performance.now() + boundMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > endMs) throw new Error(`${what}: not within ${boundMs} ms`);
    await pause(10);
  }
}
