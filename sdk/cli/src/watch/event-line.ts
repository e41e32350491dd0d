import type { BusEvent } from "@exosphere/analytics";
import { printable } from "@exosphere/telemetry";
import { type Colours, clock, ms } from "./text.ts";

const words: Readonly<Record<BusEvent["kind"], string>> = {
  published: "sent",
  refused: "refused",
  delivered: "delivered",
  retried: "again",
  ended: "ended",
  attached: "attached",
  detached: "detached",
};

/** An event as a line for people. */
export function eventLine(event: BusEvent, { dim, bold, red, yellow, green, blue }: Colours): string {
  const { kind, at, name = "", publicName, payload, activity } = event;
  const isFailed = kind === "refused" || (kind === "ended" && event.outcome !== "ok");
  const colour = isFailed
    ? red
    : kind === "retried"
      ? yellow
      : kind === "ended"
        ? green
        : kind === "published"
          ? blue
          : dim;
  const message = publicName || name;
  const parts = [
    dim(clock(at)),
    colour(words[kind].padEnd(9)),
    printable(between(event)).padEnd(22),
    bold(printable(message).padEnd(message ? 20 : 0)),
    isFailed ? red(printable(detail(event))) : printable(detail(event)),
    payload ? dim(printable(payload)) : "",
    activity && kind === "published" ? dim(`[${printable(activity)}]`) : "",
  ];
  return parts.filter(Boolean).join("  ").trimEnd();
}

function between({ kind, role, sender = "exocom", receivers }: BusEvent): string {
  if (kind === "published") return `${role} -> ${receivers?.join(", ") || "nobody"}`;
  return kind === "refused" || kind === "attached" || kind === "detached" ? role : `${sender} -> ${role}`;
}

function detail({
  kind,
  waitedMs = 0,
  handledMs = 0,
  outcome = "",
  detail: why = "",
  attempt = 1,
  isReply,
}: BusEvent): string {
  const tries = attempt > 1 ? `, attempt ${attempt}` : "";
  const because = why ? `: ${why}` : "";
  if (kind === "delivered") return `${isReply ? "as a reply, " : ""}waited ${ms(waitedMs)}${tries}`;
  if (kind === "retried") return `${outcome} after ${ms(handledMs)}${tries}`;
  if (kind === "ended") return outcome === "ok" ? `done in ${ms(handledMs)}${tries}` : `${outcome}${tries}${because}`;
  if (kind === "refused") return `${outcome}${because}`;
  return kind === "published" ? "" : why;
}
