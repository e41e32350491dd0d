/** Counts per bucket: one more than there are bounds. */
export type Counts = readonly number[];

/**
 * The value below which a share of what was counted lies, in the unit of the bounds, interpolated within its bucket.
 * Undefined where nothing was counted. What lies above the last bound counts as that.
 */
export function quantile(bounds: readonly number[], counts: Counts, share: number): number | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  let rest = share * total;
  for (let bucket = 0; bucket < bounds.length; bucket += 1) {
    const count = counts[bucket] ?? 0;
    if (count > 0 && rest <= count) {
      const from = bounds[bucket - 1] ?? 0;
      return from + ((bounds[bucket] ?? 0) - from) * (rest / count);
    }
    rest -= count;
  }
  return bounds.at(-1);
}

/** Bucket by bucket. */
export function sumOf(one: Counts, other: Counts): number[] {
  return Array.from({ length: Math.max(one.length, other.length) }, (_, at) => (one[at] ?? 0) + (other[at] ?? 0));
}

/** Buckets that are merged into one where a broker has more than can be drawn: four that each grow by a tenth grow by nearly a half. */
const shownTogether = 4;
/** As many buckets as can be told apart in a picture. */
const mostShown = 40;

const widthOf = (buckets: number) => (buckets > mostShown ? shownTogether : 1);

/** Counts as they are shown, with fewer buckets where there are many. */
export function merged(counts: Counts): number[] {
  const width = widthOf(counts.length);
  const sums: number[] = new Array(Math.ceil(counts.length / width)).fill(0);
  for (const [bucket, count] of counts.entries()) {
    const at = Math.floor(bucket / width);
    sums[at] = (sums[at] ?? 0) + count;
  }
  return sums;
}

/** The upper bounds of the buckets that `merged` makes. */
export function mergedBounds(bounds: readonly number[]): number[] {
  const width = widthOf(bounds.length + 1);
  const last = Math.ceil((bounds.length + 1) / width) - 1;
  return Array.from({ length: last }, (_, at) => bounds[at * width + width - 1] ?? 0);
}
