import type { LinkEvents } from "./link-events.ts";
import { PacedWarning } from "./paced-warning.ts";

/** How often malformed messages are logged, in milliseconds: whoever sends them must not fill the log. */
const everyMs = 1_000;

/** The part of a log that is needed here: pino's loggers and that of the SDK have it. */
interface WarningLog {
  readonly warn: (facts: object, text: string) => void;
}

/**
 * Logs messages that were settled as dead because they are malformed, at most once a second with how many there were. Their ids are
 * left out: they may be what is wrong.
 */
export function logMalformed(log: WarningLog, nowMs: () => number = () => performance.now()) {
  const warnings = new PacedWarning({ everyMs, nowMs });
  return (({ name }, mistake) => {
    const messages = warnings.due();
    if (messages === undefined) return;
    log.warn(
      { messageName: name, messages },
      `a message from the bus is malformed and was settled as dead: ${mistake} \`exo tap\` shows who sends it`,
    );
  }) satisfies LinkEvents["malformed"];
}
