import { useEffect, useRef, useState } from "preact/hooks";
import type { BusEvent } from "../../src/core/bus-event.ts";
import { readEvents } from "../data/event-stream.ts";
import type { TapState } from "../data/live.ts";
import { hrefOf } from "../data/route.ts";
import { html } from "../html.ts";
import { count, duration, outcome, shortId, timeOfDay } from "../model/format.ts";
import { Command } from "../parts/command.ts";
import { Empty } from "../parts/empty.ts";
import { BusFilters, narrowing, type Query, TroubleFilter, textOf } from "../parts/filters.ts";
import type { ViewProps } from "./shared.ts";

/** Lines that are kept on the page. */
const maxLines = 400;

/** An event and a number by which its line is known. */
interface Line {
  readonly number: number;
  readonly event: BusEvent;
}

/** What happens, as it happens. */
export function TapView({ live, places, query }: ViewProps) {
  const [isPaused, setPaused] = useState(false);
  const tap = useTap(query, isPaused);
  const { role, name, activity } = query;
  const shown = { view: "tap", role, name, activity, troubleOnly: query.trouble === "1" } as const;
  const toggle = () => setPaused((before) => !before);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isTyping = /^(INPUT|SELECT|TEXTAREA|BUTTON|A)$/.test((event.target as Element).tagName ?? "");
      if (event.key !== " " || isTyping) return;
      event.preventDefault();
      toggle();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  return html`
    <section class="tap" aria-label="Tap">
      <h1 class="unseen">Tap</h1>
      <${TapForm} query=${query} live=${live} isPaused=${isPaused} held=${tap.held} onToggle=${toggle} />
      ${tap.state && tap.state.share < 1 && html`<p class="note">Much is going on: one in ${Math.round(1 / tap.state.share)} activities is shown, whole.</p>`}
      ${tap.leftOut > 0 && html`<p class="note">${count(tap.leftOut)} events came too fast to be shown.</p>`}
      ${tap.lines.length > 0 ? html`<${Lines} lines=${tap.lines} />` : html`<${Empty} title=${live.state.isConnected ? "Nothing yet" : "No broker to watch"}>${live.state.isConnected ? "Every message shows here as it is sent, delivered and settled. Filters above may hide some." : live.state.problem}<//>`}
      <${Command} shown=${shown} places=${places} />
    </section>
  `;
}

function useTap(query: Query, isPaused: boolean) {
  const [lines, setLines] = useState<readonly Line[]>([]);
  const [leftOut, setLeftOut] = useState(0);
  const [state, setState] = useState<TapState | undefined>();
  const [held, setHeld] = useState(0);
  const waiting = useRef<Line[]>([]);
  const paused = useRef(isPaused);
  const number = useRef(0);
  const path = `/api/tap?${new URLSearchParams(query)}`;
  useEffect(() => {
    paused.current = isPaused;
    if (isPaused) return;
    setLines((before) => [...waiting.current.reverse(), ...before].slice(0, maxLines));
    waiting.current = [];
    setHeld(0);
  }, [isPaused]);
  useEffect(() => {
    setLines([]);
    setLeftOut(0);
    waiting.current = [];
    return readEvents(path, {
      onEvent: (_, data) => {
        const heard = data as { events: BusEvent[]; leftOut: number; tap: TapState };
        const fresh = heard.events.map((event) => ({ number: ++number.current, event }));
        setLeftOut(heard.leftOut);
        setState(heard.tap);
        if (paused.current) {
          waiting.current = [...waiting.current, ...fresh].slice(-maxLines);
          setHeld(waiting.current.length);
        } else setLines((before) => [...fresh.reverse(), ...before].slice(0, maxLines));
      },
    });
  }, [path]);
  return { lines, leftOut, state, held };
}

interface TapFormProps {
  query: Query;
  live: ViewProps["live"];
  isPaused: boolean;
  held: number;
  onToggle: () => void;
}

function TapForm({ query, live, isPaused, held, onToggle }: TapFormProps) {
  const narrow = narrowing("tap", query);
  return html`
    <form class="filters" onSubmit=${(event: Event) => event.preventDefault()}>
      <${BusFilters} query=${query} live=${live} narrow=${narrow} />
      <label class="wide"><span>Activity</span><input type="search" placeholder="any" value=${query.activity ?? ""} onChange=${(event: Event) => narrow({ activity: textOf(event) })} /></label>
      <${TroubleFilter} query=${query} narrow=${narrow} />
      <button type="button" class=${isPaused ? "primary" : ""} aria-pressed=${isPaused} onClick=${onToggle}>${isPaused ? `Go on${held > 0 ? ` (${held} new)` : ""}` : "Pause"}</button>
    </form>
  `;
}

function Lines({ lines }: { lines: readonly Line[] }) {
  return html`
    <ol class="events" aria-label="Events, the latest first">
      ${lines.map(({ number, event }) => html`<${EventLine} key=${number} event=${event} />`)}
    </ol>
  `;
}

function EventLine({ event }: { event: BusEvent }) {
  const { kind, at, role, name, publicName, sender, activity, attempt, payload } = event;
  const state =
    kind === "refused" || (kind === "ended" && event.outcome !== "ok") ? "bad" : kind === "retried" ? "slow" : "fine";
  const between =
    kind === "published"
      ? `${role} → ${event.receivers?.join(", ") || "nobody"}`
      : kind === "refused"
        ? role
        : kind === "attached" || kind === "detached"
          ? role
          : `${sender ?? "ExoCom"} → ${role}`;
  const content = html`
    <time>${timeOfDay(at, 3)}</time>
    <span class=${`kind ${kind} ${state}`}>${words[kind]}</span>
    <span class="who">${between}</span>
    <b class="mono">${publicName ?? name ?? ""}</b>
    <span class="detail">${detailOf(event)}${attempt && attempt > 1 ? ` · attempt ${attempt}` : ""}</span>
    <span class="payload mono">${payload ?? ""}</span>
  `;
  return html`<li class=${state}>${activity ? html`<a href=${hrefOf(["activities", activity])} title=${`Activity ${shortId(activity)}`}>${content}</a>` : html`<span class="line">${content}</span>`}</li>`;
}

const words: Readonly<Record<BusEvent["kind"], string>> = {
  published: "sent",
  refused: "refused",
  delivered: "delivered",
  retried: "again",
  ended: "ended",
  attached: "attached",
  detached: "detached",
};

function detailOf({ kind, waitedMs, handledMs, outcome: ended, detail, isReply, isRequest }: BusEvent): string {
  switch (kind) {
    case "published":
      return isRequest ? "asks" : "";
    case "delivered":
      return `${isReply ? "reply, " : ""}waited ${duration(waitedMs ?? 0)}`;
    case "retried":
      return `${outcome(ended ?? "")} after ${duration(handledMs ?? 0)}`;
    case "ended":
      return ended === "ok"
        ? `done in ${duration(handledMs ?? 0)}`
        : `${outcome(ended ?? "")}${detail ? `: ${detail}` : ""}`;
    case "refused":
      return `${outcome(ended ?? "")}: ${detail ?? ""}`;
    default:
      return detail ?? "";
  }
}
