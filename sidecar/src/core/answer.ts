/** What an app's answer to a delivery means. */
export interface Verdict {
  readonly outcome: "done" | "retry" | "failed" | "dead";
  /** For `retry`: not before so many milliseconds have passed. 0: whoever tries again decides. */
  readonly retryAfterMs: number;
  /** For people. */
  readonly detail: string;
}

/** Statuses by which an app says that it did not take the message. */
const notTaken: ReadonlySet<number> = new Set([408, 425, 429, 503]);

/** Longest pause that an app may ask for, in milliseconds: an hour. The deadline ends it earlier anyway. */
const longestRetryAfterMs = 3_600_000;

/** What an app's answer does to its delivery: the table in docs/reference/http-api.md. `retryAfter` is the header of that name. */
export function verdictOf(status: number, retryAfter: string | undefined, nowMs: number): Verdict {
  if (status >= 200 && status < 300) return { outcome: "done", retryAfterMs: 0, detail: "" };
  const detail = `The app answered ${status}.`;
  if (notTaken.has(status)) return { outcome: "retry", retryAfterMs: parseRetryAfter(retryAfter, nowMs), detail };
  return { outcome: status >= 500 ? "failed" : "dead", retryAfterMs: 0, detail };
}

/** How the dates of RFC 9110, section 5.6.7, begin. `Date.parse` alone takes "1.5" and "Jan 2040" for dates as well. */
const dateStart = /^(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?,? /;

/** RFC 9110, section 10.2.3: seconds or a date. Anything else counts as absent. */
function parseRetryAfter(header: string | undefined, nowMs: number): number {
  const text = header?.trim() ?? "";
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : parseDate(text) - nowMs;
  return ms > 0 ? Math.min(ms, longestRetryAfterMs) : 0;
}

/** A date in milliseconds since 1970, or NaN. */
function parseDate(text: string): number {
  if (!dateStart.test(text)) return Number.NaN;
  // Of the three forms, that of C's asctime names no time zone; it is GMT all the same.
  return Date.parse(text.endsWith("GMT") ? text : `${text} GMT`);
}
