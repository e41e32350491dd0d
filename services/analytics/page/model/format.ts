/** A duration in milliseconds, as short as it can be read: "0.42 ms", "12 ms", "1.3 s", "2 m 5 s". */
export function duration(ms: number | undefined): string {
  if (ms === undefined || !Number.isFinite(ms)) return "–";
  if (ms < 1) return ms < 0.005 ? "0 ms" : `${ms.toFixed(2)} ms`;
  if (ms < 10) return `${trimmed(ms, 1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${trimmed(ms / 1000, ms < 10_000 ? 1 : 0)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} m ${Math.round((ms % 60_000) / 1000)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} m`;
}

/** So many a second: "0", "0.4", "12", "1.3k". */
export function rate(perSecond: number): string {
  if (perSecond === 0) return "0";
  if (perSecond < 0.1) return "<0.1";
  if (perSecond < 10) return trimmed(perSecond, 1);
  if (perSecond < 1000) return String(Math.round(perSecond));
  if (perSecond < 100_000) return `${trimmed(perSecond / 1000, 1)}k`;
  return perSecond < 1e6 ? `${Math.round(perSecond / 1000)}k` : `${trimmed(perSecond / 1e6, 1)}M`;
}

/** A count, with separators. */
export function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** Bytes: "312 B", "4.1 KiB". */
export function bytes(value: number): string {
  if (value < 1024) return `${Math.round(value)} B`;
  if (value < 1024 ** 2) return `${trimmed(value / 1024, 1)} KiB`;
  return value < 1024 ** 3 ? `${trimmed(value / 1024 ** 2, 1)} MiB` : `${trimmed(value / 1024 ** 3, 1)} GiB`;
}

/** A share of 0 to 1: "0 %", "0.4 %", "12 %". */
export function percent(share: number): string {
  if (share === 0) return "0 %";
  if (share < 0.001) return "<0.1 %";
  return share < 0.1 ? `${trimmed(share * 100, 1)} %` : `${Math.round(share * 100)} %`;
}

/** The time of day, with so many places after the second. */
export function timeOfDay(at: number, places = 0): string {
  const date = new Date(at);
  const part = (value: number, width = 2) => String(value).padStart(width, "0");
  const fraction = places > 0 ? `.${part(date.getMilliseconds(), 3).slice(0, places)}` : "";
  return `${part(date.getHours())}:${part(date.getMinutes())}:${part(date.getSeconds())}${fraction}`;
}

/** How long ago: "now", "4 s ago", "12 m ago". */
export function ago(ms: number): string {
  if (ms < 1500) return "now";
  if (ms < 60_000) return `${Math.round(ms / 1000)} s ago`;
  return ms < 3_600_000 ? `${Math.round(ms / 60_000)} m ago` : `${trimmed(ms / 3_600_000, 1)} h ago`;
}

/** An outcome in words: "deadline_exceeded" → "deadline exceeded". */
export function outcome(text: string): string {
  return text.replaceAll("_", " ");
}

/** The beginning of an id, enough to tell it from others. */
export function shortId(id: string): string {
  return id.length > 13 ? `${id.slice(0, 8)}…${id.slice(-4)}` : id;
}

function trimmed(value: number, places: number): string {
  return value.toFixed(places).replace(/\.0+$/, "");
}

/** A text of at most so many characters. */
export function shorten(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, Math.max(1, most - 1))}…` : text;
}
