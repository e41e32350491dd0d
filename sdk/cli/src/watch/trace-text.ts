import type { Activity, ActivityRow, MessageRecord } from "@exosphere/analytics";
import { printable } from "@exosphere/telemetry";
import { type Colours, clock, ms, table } from "./text.ts";

interface Line {
  readonly at: number;
  readonly text: string;
}

/** An activity as lines for people, from its first event to its last. */
export function traceText(activity: Activity, colours: Colours, showsPayloads = true): string[] {
  const { id, at, last, messages, omitted, errors, retries } = activity;
  const { bold, dim, red, yellow } = colours;
  const [first] = messages;
  const head = [
    bold(printable(first?.name ?? id)),
    ...(first?.from ? [`by ${printable(first.from)}`] : []),
    clock(at),
    ms(last - at),
    `${messages.length + omitted} messages`,
    ...(retries > 0 ? [yellow(`${retries} tried again`)] : []),
    ...(errors > 0 ? [red(`${errors} failed`)] : []),
  ];
  const lines = messages.flatMap((message) => linesOf(message, colours, showsPayloads));
  const stamp = (moment: number) => dim(`+${ms(moment - at)}`.padStart(10));
  return [
    head.join("  "),
    dim(printable(id)),
    "",
    ...lines.toSorted((a, b) => a.at - b.at).map(({ at: moment, text }) => `${stamp(moment)}  ${text}`),
    ...(omitted > 0 ? [dim(`${" ".repeat(10)}  … and ${omitted} more messages, which were not kept`)] : []),
  ];
}

function linesOf(message: MessageRecord, { bold, dim, red, yellow, green }: Colours, showsPayloads: boolean): Line[] {
  const { at, from = "exocom", name, payload, refused, copies, isRequest } = message;
  const to = copies.map(({ to: role }) => printable(role)).join(", ") || "nobody";
  const said = showsPayloads && payload ? `  ${dim(printable(payload))}` : "";
  const sent = `${printable(from)} -> ${to}  ${bold(printable(name))}${isRequest ? dim(" (asks)") : ""}${said}`;
  const lines: Line[] = [{ at, text: sent }];
  if (refused) lines.push({ at, text: `    ${red(`refused: ${refused.reason}`)} ${printable(refused.detail)}` });
  for (const copy of copies) {
    const who = printable(copy.to);
    copy.attempts.forEach((attempt, index) => {
      const which = copy.attempts.length > 1 ? ` (attempt ${index + 1})` : "";
      const waited = index === 0 ? `, waited ${ms(attempt.waitedMs)}` : "";
      lines.push({ at: attempt.at, text: `    ${who} is given ${printable(copy.name)}${which}${dim(waited)}` });
      if (attempt.endedAt === undefined) return;
      const { outcome = "" } = attempt;
      const took = ms(attempt.endedAt - attempt.at);
      const why = attempt.detail ? `: ${printable(attempt.detail)}` : "";
      const ended =
        outcome === "ok"
          ? green(`done in ${took}`)
          : outcome === "retry" || outcome === "returned"
            ? yellow(`taken back after ${took}${why}`)
            : red(`${outcome} after ${took}${why}`);
      lines.push({ at: attempt.endedAt, text: `    ${who} ${ended}` });
    });
    const isUngiven = copy.endedAt !== undefined && copy.attempts.at(-1)?.endedAt !== copy.endedAt;
    if (isUngiven && copy.endedAt !== undefined) {
      const why = copy.detail ? `: ${printable(copy.detail)}` : "";
      lines.push({ at: copy.endedAt, text: `    ${who} ${red(`${copy.outcome}${why}`)}` });
    }
  }
  return lines;
}

/** Activities as lines for people. */
export function traceList(rows: readonly ActivityRow[], { dim, red, yellow }: Colours): string[] {
  const cells = rows.map(({ id, at, ms: length, messages, errors, retries, from, name }) => [
    printable(id),
    clock(at),
    printable(name),
    from ? `by ${printable(from)}` : "",
    ms(length),
    String(messages),
    errors > 0 ? `${errors} failed` : retries > 0 ? `${retries} again` : "",
  ]);
  const [head = "", ...lines] = table([["activity", "began", "message", "", "took", "messages", ""], ...cells], 4);
  return [
    dim(head),
    ...lines.map((line, at) => (rows[at]?.errors ? red(line) : rows[at]?.retries ? yellow(line) : line)),
  ];
}
