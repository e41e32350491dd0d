/** 14213.6 as `14.2k`, 213.6 as `214`. */
export function rate(perSecond: number): string {
  if (!Number.isFinite(perSecond)) return "-";
  if (perSecond >= 99_950) return `${(perSecond / 1000).toFixed(0)}k`;
  return perSecond >= 1000 ? `${(perSecond / 1000).toFixed(1)}k` : perSecond.toFixed(0);
}

/** A quantity with three digits that count. */
export function three(value: number): string {
  if (!Number.isFinite(value)) return "-";
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** A part as `±4%`. */
export function plusMinus(part: number): string {
  return Number.isFinite(part) ? `±${(part * 100).toFixed(0)}%` : "";
}

/** 1024 as `1,024`. */
export function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
