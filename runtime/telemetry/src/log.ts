import { createRequire } from "node:module";
import { isatty } from "node:tty";
import { type DestinationStream, type Logger, type LoggerOptions, pino, stdTimeFunctions } from "pino";
import { type LogLevel, markRoot } from "./log-level.ts";
import type { OutputDescriptor } from "./output/descriptor-sink.ts";
import { onLinesDropped, processOutput } from "./output/process-outputs.ts";
import { printable, printableLines } from "./text/printable.ts";

/** Where a process says what happens: pino's logger. */
export type Log = Logger;

/** What a log is made of. */
export interface LogOptions {
  /** The process, as each line names it: "exocom", "exo-sidecar". */
  readonly name: string;
  /** What it shows at first. Default: info. */
  readonly level?: LogLevel;
  /** Coloured lines for people instead of JSON. Default: whether the destination is a terminal. */
  readonly pretty?: boolean | undefined;
  /** Default: stdout. The all-in-one keeps stdout for its pinned lines and logs to stderr. */
  readonly destination?: "stdout" | "stderr";
}

/** Keys whose values are never written, on top and in up to two objects below. */
const secretKeys = ["token", "authorization", "secret", "password"];

const shared: LoggerOptions = {
  redact: { paths: secretKeys.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: "[redacted]" },
  formatters: { level: (label) => ({ level: label }) },
  timestamp: stdTimeFunctions.isoTime,
};

/**
 * A log that writes one line per entry: JSON, or text for people on a terminal. Secrets under well-known keys are redacted. It
 * never blocks and never throws: what cannot be written waits, up to 1 MiB, and is dropped beyond that.
 */
export function createLog(options: LogOptions): Log {
  const { name, level = "info", destination = "stdout" } = options;
  const fd = destination === "stdout" ? 1 : 2;
  const pretty = options.pretty ?? isatty(fd);
  const stream = pretty ? prettyStream(fd) : processOutput(fd);
  const log = markRoot(pino({ ...shared, name, level, base: { pid: process.pid } }, stream));
  onLinesDropped((output, dropped) => log.warn({ output, dropped }, "lines were dropped, as nobody took them"));
  return log;
}

/** A log that writes nothing, for tests. */
export function silentLog(): Log {
  return markRoot(pino({ level: "silent" }, { write: () => {} }));
}

/** A log that keeps what it is told as objects, for tests. Shows every level. */
export function collectingLog(): { readonly log: Log; readonly lines: readonly Readonly<Record<string, unknown>>[] } {
  const lines: Record<string, unknown>[] = [];
  const stream = { write: (line: string) => void lines.push(JSON.parse(line)) };
  return { log: markRoot(pino({ ...shared, level: "trace", base: null }, stream)), lines };
}

/**
 * Prettifies line by line in this thread, not in a worker or a stream, so that the last lines before an exit are not lost.
 * Loaded only here, as a process under a supervisor never needs it.
 */
function prettyStream(fd: OutputDescriptor): DestinationStream {
  const require = createRequire(import.meta.url);
  const { prettyFactory } = require("pino-pretty") as typeof import("pino-pretty");
  const prettify = prettyFactory({ colorize: isatty(fd), ignore: "pid,hostname", translateTime: "SYS:HH:MM:ss.l" });
  const output = processOutput(fd);
  return { write: (line) => output.write(prettify(printableEntry(line))) };
}

/** An entry for people, on a terminal that would obey what peers chose, such as the role that they attach as. Stacks keep their lines. */
function printableEntry(line: string): object {
  return JSON.parse(line, (key, value) => {
    if (typeof value !== "string") return value;
    return key === "stack" ? printableLines(value) : printable(value);
  });
}
