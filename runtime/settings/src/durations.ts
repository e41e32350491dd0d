import { type Bounds, quantity } from "./numbers.ts";
import type { SettingKind } from "./setting.ts";

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Node's timers, and gRPC deadlines on the way through them, overflow at 2^31 milliseconds, 24.8 days. */
const longestMs = 2 ** 31 - 1;

/**
 * Milliseconds that a text such as "1500ms", "1.5s", "2m", "1h" or "0" stands for; NaN if it is none, or no whole number of
 * milliseconds. Any other number needs a unit.
 */
export function parseDurationMs(text: string): number {
  if (text === "0") return 0;
  const [, digits, unit] = /^(\d+(?:\.\d+)?) ?(ms|s|m|h|d)$/.exec(text) ?? [];
  const factor = units[unit ?? ""];
  if (digits === undefined || factor === undefined) return Number.NaN;
  // Without the rounding 1.001s is 1000.9999999999999 ms.
  const milliseconds = Number((Number(digits) * factor).toFixed(6));
  return Number.isSafeInteger(milliseconds) ? milliseconds : Number.NaN;
}

/** A number of milliseconds in the largest unit that keeps it whole: "10s", "1500ms". */
export function formatDurationMs(milliseconds: number): string {
  const unit = ["d", "h", "m", "s"].find((name) => milliseconds > 0 && milliseconds % (units[name] ?? 1) === 0) ?? "ms";
  return milliseconds === 0 ? "0" : `${milliseconds / (units[unit] ?? 1)}${unit}`;
}

/** Kind of settings that are durations, in milliseconds. */
export function durations(bounds: Bounds): SettingKind<number> {
  const max = Math.min(bounds.max ?? longestMs, longestMs);
  return quantity({
    min: 0,
    ...bounds,
    max,
    placeholder: "DURATION",
    what: "a duration such as 1500ms, 10s or 2m",
    hint: "such as 1500ms, 10s or 2m",
    parse: parseDurationMs,
    // The technical maximum as everyone would say it, not as "2147483647ms".
    format: (value) => (value === longestMs ? "24.8d" : formatDurationMs(value)),
  });
}
