import { type Bounds, quantity } from "./numbers.ts";
import type { SettingKind } from "./setting.ts";

const units: Readonly<Record<string, number>> = {
  b: 1,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
};

/** Number of bytes that a text such as "1MiB", "1.5 KiB", "64kB" or "1000" stands for; NaN if it is none, or no whole number. */
export function parseBytes(text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?) ?([a-z]*)$/i.exec(text) ?? [];
  const factor = unit === "" ? 1 : units[unit?.toLowerCase() ?? ""];
  const bytes = digits === undefined || factor === undefined ? Number.NaN : Number(digits) * factor;
  return Number.isSafeInteger(bytes) ? bytes : Number.NaN;
}

/** A number of bytes in the largest binary unit that keeps it whole: "1MiB", "1000". */
export function formatBytes(bytes: number): string {
  const unit = ["TiB", "GiB", "MiB", "KiB"].find((name) => bytes > 0 && bytes % (units[name.toLowerCase()] ?? 1) === 0);
  return unit === undefined ? String(bytes) : `${bytes / (units[unit.toLowerCase()] ?? 1)}${unit}`;
}

/** Kind of settings that are sizes, in bytes. */
export function sizes(bounds: Bounds): SettingKind<number> {
  return quantity({
    min: 0,
    ...bounds,
    placeholder: "BYTES",
    what: "a size such as 64KiB, 1MiB or 1000000",
    hint: "such as 64KiB, 1MiB or 1000000",
    parse: parseBytes,
    format: formatBytes,
  });
}
