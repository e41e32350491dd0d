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
