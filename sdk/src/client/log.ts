/** Writes a line: a text, or facts and a text. */
export interface LogMethod {
  (text: string): void;
  (facts: object, text: string): void;
}

/** Where the SDK and handlers say what happens. pino's loggers are ones. */
export interface Log {
  readonly debug: LogMethod;
  readonly info: LogMethod;
  readonly warn: LogMethod;
  readonly error: LogMethod;
}

const levels = ["debug", "info", "warn", "error"] as const;

type Level = (typeof levels)[number];

/** A log that hands its lines to `write`. `facts` are asked for on each line. */
export function logBy(write: (level: Level, facts: object, text: string) => void): Log {
  const method =
    (level: Level): LogMethod =>
    (first: object | string, text?: string) =>
      typeof first === "string" ? write(level, {}, first) : write(level, factsOf(first), text ?? "");
  return { debug: method("debug"), info: method("info"), warn: method("warn"), error: method("error") };
}

/** As with pino's loggers, an error may stand for facts. What it says are no members that could be taken over one by one. */
function factsOf(first: object): object {
  return first instanceof Error ? { err: first } : first;
}

/** A log whose lines have further facts. */
export function logWith(log: Log, more: object): Log {
  return logBy((level, facts, text) => log[level]({ ...more, ...facts }, text));
}

/**
 * Lines of JSON, as all processes of Exosphere write them, to stderr: what a script prints is its own. `lowest` is the
 * lowest level to be written, anything else than a level: none.
 */
export function stderrLog(name: string, lowest = "info"): Log {
  const from = levels.indexOf(lowest as Level);
  return logBy((level, facts, msg) => {
    if (from === -1 || levels.indexOf(level) < from) return;
    const line = { level, time: new Date().toISOString(), name, ...written(facts), msg };
    writeToStderr(`${JSON.stringify(line)}\n`);
  });
}

/** Bytes that may wait for a reader of stderr that does not read, before lines are left out: some 5,000 lines. */
const maxWaitingBytes = 1024 * 1024;

/** Writes a line as `console.error` does: a stderr that is full, or that nobody reads any more, must not end the service. */
function writeToStderr(line: string): void {
  const { stderr } = process;
  if (stderr.writableLength > maxWaitingBytes) return;
  if (stderr.listenerCount("error") === 0) stderr.on("error", ignore);
  stderr.write(line);
}

function ignore(): void {
  // Where errors are said is the very thing that failed.
}

/** Errors as pino writes them, and what is no JSON as text. */
function written(facts: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(facts).map(([key, value]) => [key, writtenValue(value)]));
}

function writtenValue(value: unknown): unknown {
  try {
    const told =
      value instanceof Error ? { type: value.name, message: value.message, stack: withCauses(value) } : value;
    return JSON.stringify(told) === undefined ? String(told) : told;
  } catch {
    return asText(value);
  }
}

/** Also of what has no text: handlers throw anything. */
function asText(value: unknown): string {
  try {
    return String(value);
  } catch {
    return `(${typeof value} without text)`;
  }
}

/** The stack of an error and of those that caused it. As deep as anybody reads. */
function withCauses(error: Error, depth = 0): string {
  const stack = error.stack ?? String(error);
  return error.cause instanceof Error && depth < 5
    ? `${stack}\ncaused by: ${withCauses(error.cause, depth + 1)}`
    : stack;
}
