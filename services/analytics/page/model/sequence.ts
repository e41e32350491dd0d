import type { Activity, CopyRecord, MessageRecord } from "../../src/core/activity.ts";
import { duration } from "./format.ts";

/** A role as a line of the diagram. x in pixels. */
export interface Lifeline {
  readonly role: string;
  readonly x: number;
}

/** What a message is to its receiver for a while. */
export interface Span {
  readonly kind: "waiting" | "handling";
  readonly role: string;
  readonly x: number;
  readonly from: number;
  readonly to: number;
  /** How it ended: "ok", "retry", a failure, or "" while it goes on. */
  readonly outcome: string;
  readonly attempt: number;
  readonly ms: number | undefined;
  readonly message: number;
}

/** An arrow between two lines, or out of one where nobody took it. */
export interface Arrow {
  readonly message: number;
  readonly name: string;
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  readonly kind: "message" | "reply" | "refused";
  readonly isFailed: boolean;
  readonly isSelf: boolean;
}

/** A moment on the scale of time. */
export interface Tick {
  readonly y: number;
  /** Since the activity began. */
  readonly text: string;
}

/** An activity as a diagram, ready to be drawn. */
export interface Sequence {
  readonly width: number;
  readonly height: number;
  /** Between two lines. */
  readonly column: number;
  readonly lifelines: readonly Lifeline[];
  readonly arrows: readonly Arrow[];
  readonly spans: readonly Span[];
  readonly ticks: readonly Tick[];
}

/** Pixels. */
const head = 64;
const axis = 84;
const [leastGap, mostGap] = [26, 96];
const leastColumn = 150;
/** Between two labels of the scale. */
const leastTick = 22;

/** Lays an activity out, for a place of this width; where that is too narrow for its roles, it is wider. */
export function sequenceOf(activity: Activity, room: number): Sequence {
  const roles = rolesInOrder(activity);
  const column = Math.max(leastColumn, Math.min(340, (room - axis - 60) / Math.max(1, roles.length)));
  const x = new Map(roles.map((role, index) => [role, axis + column * (index + 0.5)]));
  const scale = timeScale(activity);
  const y = (at: number) => scale.get(at) ?? head;
  const arrows: Arrow[] = [];
  const spans: Span[] = [];
  activity.messages.forEach((message, index) => {
    const from = x.get(message.from ?? outside) ?? axis;
    if (message.copies.length === 0) arrows.push(lost(message, index, from, y(message.at), column));
    for (const copy of message.copies) {
      const to = x.get(copy.to) ?? from;
      arrows.push(arrowOf(message, copy, index, { from, to }, y));
      spans.push(...spansOf(message, copy, index, to, y, activity.last));
    }
  });
  const ticks = ticksOf(activity, scale);
  const bottom = Math.max(head, ...scale.values());
  return {
    width: Math.max(room, axis + column * roles.length + 20),
    height: bottom + 40,
    column,
    lifelines: roles.map((role) => ({ role, x: x.get(role) ?? 0 })),
    arrows,
    spans: withoutOverlap(spans),
    ticks,
  };
}

/** Who stands for a sender that was not seen: the bus itself. */
export const outside = "ExoCom";

function rolesInOrder({ messages }: Activity): string[] {
  const roles = new Set<string>();
  for (const { from, copies } of messages) {
    roles.add(from ?? outside);
    for (const { to } of copies) roles.add(to);
  }
  return [...roles];
}

/** Every moment at which something happened. */
function momentsOf({ messages }: Activity): number[] {
  const moments = new Set<number>();
  for (const { at, copies } of messages) {
    moments.add(at);
    for (const { attempts, endedAt } of copies) {
      for (const attempt of attempts) {
        moments.add(attempt.at);
        if (attempt.endedAt !== undefined) moments.add(attempt.endedAt);
      }
      if (endedAt !== undefined) moments.add(endedAt);
    }
  }
  return [...moments].sort((a, b) => a - b);
}

/** The y of every moment: longer pauses take more room, but a thousandfold one not a thousandfold of it. */
function timeScale(activity: Activity): Map<number, number> {
  const scale = new Map<number, number>();
  const span = Math.max(1, activity.last - activity.at);
  let [y, before] = [head + 14, activity.at];
  for (const at of momentsOf(activity)) {
    const gap = at - before;
    // What is a thousandth of the whole apart happened at about the same time: a few pixels.
    const weight = Math.log1p((gap / span) * 200) / Math.log1p(200);
    if (scale.size > 0) y += gap <= 0 ? 0 : Math.max(gap < span / 500 ? 9 : leastGap, weight * mostGap);
    scale.set(at, Math.round(y));
    before = at;
  }
  return scale;
}

function ticksOf({ at: start }: Activity, scale: ReadonlyMap<number, number>): Tick[] {
  const ticks: Tick[] = [];
  for (const [at, y] of scale) {
    const ms = at - start;
    const text = ms === 0 ? "0" : `+${duration(ms)}`;
    const last = ticks.at(-1);
    // A label that repeats the one above says nothing more.
    if (last && (y - last.y < leastTick || text === last.text)) continue;
    ticks.push({ y, text });
  }
  return ticks;
}

function arrowOf(
  message: MessageRecord,
  copy: CopyRecord,
  index: number,
  { from, to }: { readonly from: number; readonly to: number },
  y: (at: number) => number,
): Arrow {
  const arrival = copy.attempts[0]?.at ?? copy.endedAt ?? message.at;
  const isSelf = from === to;
  return {
    message: index,
    name: message.name,
    x1: from,
    y1: y(message.at),
    x2: to,
    y2: y(arrival),
    kind: copy.isReply || message.responseTo ? "reply" : "message",
    isFailed: copy.outcome !== undefined && copy.outcome !== "ok",
    isSelf,
  };
}

function lost(message: MessageRecord, index: number, from: number, y: number, column: number): Arrow {
  const kind = message.refused ? "refused" : "message";
  return { message: index, name: message.name, x1: from, y1: y, x2: from + column * 0.45, y2: y, kind, isFailed: kind === "refused", isSelf: false }; // biome-ignore format: one line
}

function spansOf(
  message: MessageRecord,
  copy: CopyRecord,
  index: number,
  x: number,
  y: (at: number) => number,
  last: number,
): Span[] {
  const spans: Span[] = [];
  const base = { role: copy.to, x, message: index };
  let since = message.at;
  copy.attempts.forEach((attempt, number) => {
    const own = { ...base, attempt: number + 1 };
    const waited = { from: y(since), to: y(attempt.at), outcome: "", ms: attempt.at - since };
    spans.push({ ...own, kind: "waiting", ...waited });
    const end = attempt.endedAt ?? last;
    const { outcome = "" } = attempt;
    const ms = attempt.endedAt === undefined ? undefined : attempt.endedAt - attempt.at;
    spans.push({ ...own, kind: "handling", from: y(attempt.at), to: y(end), outcome, ms });
    since = end;
  });
  // It ended without an instance: it waited in vain.
  const isOver = copy.endedAt !== undefined && copy.attempts.at(-1)?.endedAt !== copy.endedAt;
  if (isOver && copy.endedAt !== undefined) {
    const { outcome = "" } = copy;
    const vain = { from: y(since), to: y(copy.endedAt), outcome, ms: copy.endedAt - since };
    spans.push({ ...base, attempt: copy.attempts.length, kind: "waiting", ...vain });
  }
  return spans.filter(({ from, to, kind }) => to > from || kind === "handling");
}

/** Handlings of one role at the same time stand beside each other. */
function withoutOverlap(spans: readonly Span[]): Span[] {
  const placed: Span[] = [];
  for (const span of spans) {
    let x = span.x;
    const isTaken = () =>
      placed.some(
        (other) => other.x === x && other.message !== span.message && other.from < span.to && span.from < other.to,
      );
    for (let tries = 0; tries < 8 && isTaken(); tries += 1) x += 12;
    placed.push({ ...span, x });
  }
  return placed;
}
