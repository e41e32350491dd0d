import type { YamlValue } from "./yaml-value.ts";

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** 24 days: the longest that Node's timers, and gRPC's deadlines, can wait. */
const maxMs = 2 ** 31 - 1;

/** Reads a span of time, `5s`, `1500ms` or a number of milliseconds, as milliseconds. */
export function readDurationMs(value: YamlValue): number | undefined {
  const ms = value.number() ?? parse(value.isText ? value.text() : undefined);
  if (ms !== undefined && Number.isInteger(ms) && ms >= 1 && ms <= maxMs) return ms;
  return value.refuse("must be a time from 1ms to 24 days; write it like 1500ms, 5s or 2m");
}

function parse(text: string | undefined): number | undefined {
  const [, amount, unit] = text?.match(/^(\d+(?:\.\d+)?) ?(ms|s|m|h)$/) ?? [];
  const factor = unit === undefined ? undefined : units[unit];
  return amount === undefined || factor === undefined ? undefined : Math.round(Number(amount) * factor);
}
