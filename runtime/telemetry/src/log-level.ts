import type { Logger } from "pino";

/** Levels of a log, from the one that shows most to the one that shows nothing. */
export const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

/** A level of a log: it shows its own entries and those of the levels after it. */
export type LogLevel = (typeof logLevels)[number];

/** Whether a text is a level of a log. */
export function isLogLevel(text: unknown): text is LogLevel {
  return (logLevels as readonly unknown[]).includes(text);
}

const roots = new WeakSet<object>();

/** Marks a log as the one whose level its children follow. */
export function markRoot(log: Logger): Logger {
  roots.add(log);
  return log;
}

/** Changes what a log shows, and what all logs derived from the same root show, whichever of them is given. */
export function setLogLevel(log: Logger, level: LogLevel): void {
  rootOf(log).level = level;
}

/** pino derives a child by prototype, so a child without a level of its own follows its root, and leads back to it. */
function rootOf(log: Logger): Logger {
  for (let ancestor: unknown = log; ancestor; ancestor = Object.getPrototypeOf(ancestor)) {
    if (roots.has(ancestor)) return ancestor as Logger;
  }
  return log;
}
