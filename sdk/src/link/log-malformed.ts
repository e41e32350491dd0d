import type { LinkEvents } from "./link-events.ts";

/** How often malformed messages are logged, in milliseconds: whoever sends them must not fill the log. */
const everyMs = 1_000;

/** What the log of a process needs to have. */
interface WarningLog {
  readonly warn: (facts: object, text: string) => void;
}

/**
 * Logs messages that were settled as dead because they are malformed, at most once a second with how many there were. Their ids are
 * left out: they may be what is wrong.
 */
export function logMalformed(log: WarningLog, nowMs: () => number = () => performance.now()) {
  let messages = 0;
  let nextMs = Number.NEGATIVE_INFINITY;
  return (({ name }, mistake) => {
    messages += 1;
    if (nowMs() < nextMs) return;
    nextMs = nowMs() + everyMs;
    log.warn(
      { message: name, messages },
      `a message from the bus is malformed and was settled as dead: ${mistake} \`exo tap\` shows who sends it`,
    );
    messages = 0;
  }) satisfies LinkEvents["malformed"];
}
