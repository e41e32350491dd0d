import { printable, printableLines } from "@exosphere/telemetry";

/** pino's levels as numbers, its default form. */
const levelNames: Readonly<Record<number, string>> = {
  10: "trace",
  20: "debug",
  30: "info",
  40: "warn",
  50: "error",
  60: "fatal",
};

/** What every line would repeat: the prefix says who, and the line is printed as it comes. */
const repeated = new Set(["level", "msg", "time", "pid", "hostname", "name"]);

/**
 * Renders a line of pino's JSON as `LEVEL message key=value …`; any other line stays as it is. `role` is that of the
 * process: a line need not repeat it. What peers chose, such as the role that they attach as, is made printable: only a stack has
 * further lines.
 */
export function renderLogLine(line: string, role?: string): string {
  const entry = parseEntry(line);
  if (!entry) return line;
  const level = typeof entry.level === "number" ? levelNames[entry.level] : entry.level;
  const facts = Object.entries(entry)
    .filter(([key, value]) => !repeated.has(key) && !(key === "role" && value === role))
    .map(([key, value]) => `${printable(key)}=${render(value)}`);
  const text = printable(String(entry.msg ?? ""));
  return [printable(String(level ?? "info")).toUpperCase(), text, ...facts].join(" ");
}

function parseEntry(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const entry = JSON.parse(line) as Record<string, unknown>;
    return Object.hasOwn(entry, "level") ? entry : undefined;
  } catch {
    return undefined;
  }
}

/** Errors by their message and stack, as pino writes them; texts with spaces in quotes; all else as JSON. */
function render(value: unknown): string {
  if (isError(value)) return quoted(value.message) + (value.stack ? `\n${printableLines(String(value.stack))}` : "");
  return typeof value === "string" && /^[^\s"=]+$/.test(value) ? printable(value) : quoted(value);
}

/** As JSON, whose escapes leave out some of what a terminal obeys. */
function quoted(value: unknown): string {
  return printable(JSON.stringify(value));
}

function isError(value: unknown): value is { message: string; stack?: string } {
  return typeof value === "object" && value !== null && "message" in value && "type" in value;
}
