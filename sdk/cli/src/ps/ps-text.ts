import type { ShownProcess, ShownRun } from "../run/control.ts";

const headings = ["name", "state", "pid", "restarts", "where"] as const;

/** The processes of an application as a table for people. */
export function psText({ application, pid, shared, instances }: ShownRun): string {
  const rows = [...shared, ...instances.flatMap(({ app, sidecar }) => [app, sidecar])].map(cells);
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return [`${application}, run by process ${pid}`, "", line(headings), ...rows.map(line)].join("\n");
}

function cells({ name, kind, pid, restarts, url }: ShownProcess): string[] {
  return [name, kind, pid === undefined ? "-" : String(pid), String(restarts), url ?? "-"];
}
