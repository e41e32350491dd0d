import { messageFields } from "./fields.ts";
import { Refusal } from "./refusal.ts";

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

const { maxMs: maxDeadlineMs } = messageFields.deadlineMs.form;

/** A deadline such as `1500ms` or `5s`, in milliseconds. Throws a Refusal. */
export function parseDeadline(text: string): number {
  const [, amount, unit] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)$/.exec(text.trim()) ?? [];
  // Up to three decimals are thousandths, so that no rounding of a fraction adds a millisecond.
  const thousandths = Math.round(Number(amount) * 1000) * (unitsMs[unit ?? ""] ?? Number.NaN);
  const ms = Math.ceil(thousandths / 1000);
  if (ms >= 1 && ms <= maxDeadlineMs) return ms;
  throw new Refusal(`'${text}' is not a deadline. Give a time from 1ms to 24h, such as 1500ms or 5s.`);
}
