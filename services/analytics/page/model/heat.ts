import type { LatencyColumn, LatencyView } from "../../src/core/history.ts";
import { duration } from "./format.ts";

/** Pixels between two labels, at least: a line of small text. */
const leastMark = 18;

/** A column of the heatmap as it is drawn: several slots where there is no room for each. */
export interface HeatColumn {
  readonly at: number;
  readonly until: number;
  readonly counts: readonly number[];
  readonly total: number;
}

/** Puts slots together until they fit in so many columns. `slotMs` is the length of one. */
export function heatColumns(
  columns: readonly LatencyColumn[],
  span: { readonly from: number; readonly to: number },
  most: number,
  slotMs = 5_000,
): HeatColumn[] {
  const slots = Math.max(1, Math.ceil((span.to - span.from) / slotMs));
  const width = Math.ceil(slots / most) * slotMs;
  const merged = new Map<number, number[]>();
  for (const { at, counts } of columns) {
    const start = span.from + Math.floor((at - 1 - span.from) / width) * width;
    const sums = merged.get(start) ?? counts.map(() => 0);
    merged.set(start, sums.map((sum, bucket) => sum + (counts[bucket] ?? 0))); // biome-ignore format: one line
  }
  return [...merged].map(([at, counts]) => ({
    at,
    until: at + width,
    counts,
    total: counts.reduce((sum, count) => sum + count, 0),
  }));
}

/** The buckets worth showing: those in which anything is, and one more on either side. */
export function bucketRange(
  columns: readonly HeatColumn[],
  buckets: number,
): { readonly first: number; readonly last: number } {
  let [first, last] = [buckets, -1];
  for (const { counts } of columns) {
    counts.forEach((count, bucket) => {
      if (count === 0) return;
      first = Math.min(first, bucket);
      last = Math.max(last, bucket);
    });
  }
  if (last < 0) return { first: 0, last: buckets - 1 };
  return { first: Math.max(0, first - 1), last: Math.min(buckets - 1, Math.max(last + 1, first + 5)) };
}

/** A line of the heatmap that has a label. */
export interface HeatMark {
  /** The line is at the upper end of this bucket. */
  readonly bucket: number;
  readonly text: string;
}

/**
 * The buckets whose upper ends are labelled: as many as there is room for, and none whose label repeats the one below it.
 *
 * @param bounds upper ends of the buckets, in milliseconds
 * @param rowHeight of a bucket, in pixels
 */
export function heatMarks(
  bounds: readonly number[],
  { first, last }: { readonly first: number; readonly last: number },
  rowHeight: number,
): readonly HeatMark[] {
  const step = Math.max(1, Math.ceil(leastMark / rowHeight));
  const marks: HeatMark[] = [];
  for (let bucket = first; bucket < last; bucket += step) {
    const text = duration(bounds[bucket]);
    if (text !== marks.at(-1)?.text) marks.push({ bucket, text });
  }
  return marks;
}

/** How strongly a cell is coloured, 0 to 1: a few beside many are seen still. */
export function heat(count: number, most: number): number {
  return count === 0 || most === 0 ? 0 : 0.12 + 0.88 * (Math.log1p(count) / Math.log1p(most));
}

/** What a bucket holds, in words: "2.5–5 ms". */
export function bucketText({ bounds }: Pick<LatencyView, "bounds">, bucket: number): string {
  // Bounds that grow by a tenth are not round numbers.
  const plain = (value: number) => Number(value.toPrecision(3));
  const unit = (ms: number) => (ms >= 1000 ? `${plain(ms / 1000)} s` : `${plain(ms)} ms`);
  const upper = bounds[bucket];
  if (upper === undefined) return `over ${unit(bounds.at(-1) ?? 0)}`;
  return `up to ${unit(upper)}`;
}
