/** A small line over time, as paths. */
export function sparkline(
  points: readonly { readonly at: number; readonly value: number }[],
  { from, to }: { readonly from: number; readonly to: number },
  { width, height }: { readonly width: number; readonly height: number },
): { readonly line: string; readonly area: string } {
  if (points.length === 0) return { line: "", area: "" };
  const most = Math.max(1, ...points.map(({ value }) => value));
  const x = (at: number) => Math.round(((at - from) / (to - from)) * width * 10) / 10;
  const y = (value: number) => Math.round((height - 1.5 - (value / most) * (height - 6)) * 10) / 10;
  const line = points.map(({ at, value }, index) => `${index === 0 ? "M" : "L"}${x(at)} ${y(value)}`).join("");
  const [first, last] = [points[0], points.at(-1)];
  return { line, area: `${line}L${x(last?.at ?? to)} ${height}L${x(first?.at ?? from)} ${height}Z` };
}
