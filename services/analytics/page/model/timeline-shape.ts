import type { TimelinePoint } from "../../src/core/history.ts";

/** A bar of failures, in pixels. */
export interface FailureBar {
  readonly x: number;
  readonly width: number;
  readonly height: number;
}

/** The timeline, ready to be drawn. */
export interface TimelineShape {
  readonly area: string;
  readonly line: string;
  readonly failures: readonly FailureBar[];
}

/** Times between two points that are longer than that are a gap: the dashboard did not run. Milliseconds. */
const gapMs = 15_000;

/** Draws how much happened within a time, into a place of this size. */
export function timelineShape(
  points: readonly TimelinePoint[],
  { from, to }: { readonly from: number; readonly to: number },
  { width, height }: { readonly width: number; readonly height: number },
): TimelineShape {
  const inside = points.filter(({ at }) => at >= from && at <= to);
  if (inside.length === 0 || width === 0) return { area: "", line: "", failures: [] };
  const most = Math.max(1, ...inside.map(({ published }) => published));
  const x = (at: number) => Math.round(((at - from) / (to - from)) * width * 10) / 10;
  const y = (value: number) => Math.round((height - 2 - (value / most) * (height - 10)) * 10) / 10;
  let [line, area, start] = ["", "", 0];
  inside.forEach((point, index) => {
    const before = inside[index - 1];
    const isNew = !before || point.at - before.at > gapMs;
    if (isNew) {
      if (before) area += `L${x(before.at)} ${height}L${start} ${height}Z`;
      start = x(point.at);
      area += `M${start} ${height}`;
    }
    line += `${isNew ? "M" : "L"}${x(point.at)} ${y(point.published)}`;
    area += `L${x(point.at)} ${y(point.published)}`;
  });
  area += `L${x(inside.at(-1)?.at ?? from)} ${height}L${start} ${height}Z`;
  const troubled = inside.filter(({ failed, retried }) => failed + retried > 0);
  const worst = Math.max(1e-9, ...troubled.map(({ failed, retried }) => failed + retried));
  const failures = troubled.map(({ at, failed, retried }) => ({
    x: x(at) - 1,
    width: 2.5,
    height: Math.round(4 + ((failed + retried) / worst) * (height * 0.45)),
  }));
  return { area, line, failures };
}
