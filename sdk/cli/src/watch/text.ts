/** Marks of a terminal around text; nothing where colours are not wanted. */
export interface Colours {
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly green: (text: string) => string;
  readonly blue: (text: string) => string;
}

/** The colours of a terminal, or none. */
export function coloursOf(isWanted: boolean): Colours {
  const mark = (code: number) => (text: string) => (isWanted && text !== "" ? `\x1b[${code}m${text}\x1b[0m` : text);
  return { dim: mark(2), bold: mark(1), red: mark(31), yellow: mark(33), green: mark(32), blue: mark(34) };
}

/** A duration in milliseconds, short. */
export function ms(value: number | undefined): string {
  if (value === undefined) return "-";
  if (value < 1) return `${value.toFixed(2)} ms`;
  if (value < 10) return `${value.toFixed(1)} ms`;
  return value < 10_000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
}

/** So many a second. */
export function rate(value: number): string {
  if (value === 0) return "0";
  if (value < 10) return value.toFixed(1);
  return value < 10_000 ? String(Math.round(value)) : `${(value / 1000).toFixed(1)}k`;
}

/** The time of day, with milliseconds. */
export function clock(at: number): string {
  const date = new Date(at);
  const part = (value: number, width = 2) => String(value).padStart(width, "0");
  return `${part(date.getHours())}:${part(date.getMinutes())}:${part(date.getSeconds())}.${part(date.getMilliseconds(), 3)}`;
}

/** Cells as lines, columns below each other; all but the first `left` columns stand at their right. */
export function table(rows: readonly (readonly string[])[], left = 1): string[] {
  const columns = Math.max(0, ...rows.map(({ length }) => length));
  const widths = Array.from({ length: columns }, (_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, at) => (at < left ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}
