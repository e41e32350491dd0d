import { parseDurationMs } from "@exosphere/settings";
import type { Form } from "./form.ts";
import type { YamlValue } from "./yaml-value.ts";

/** 24.8 days: the longest that Node's timers, and with them gRPC's deadlines, can wait. */
const maxMs = 2 ** 31 - 1;

/** A span of time, `5s`, `1500ms` or a number of milliseconds, as milliseconds. */
export const durationMs: Form<number> = {
  schema: {
    anyOf: [
      { type: "integer", minimum: 1, maximum: maxMs },
      {
        type: "string",
        pattern: "^\\d+(\\.\\d+)? ?(ms|s|m|h|d)$",
        patternErrorMessage: "must be a time such as 1500ms, 5s or 2m",
      },
    ],
    examples: ["1500ms", "5s", "2m"],
  },
  read: readDurationMs,
};

function readDurationMs(value: YamlValue): number | undefined {
  const ms = value.number() ?? (value.isText ? parseDurationMs(value.text() ?? "") : Number.NaN);
  if (Number.isInteger(ms) && ms >= 1 && ms <= maxMs) return ms;
  return value.refuse("must be a time from 1ms to 24d; write it like 1500ms, 5s or 2m");
}
