import { useEffect, useRef, useState } from "preact/hooks";
import type { ActivityRow } from "../../src/core/activity.ts";
import { useAnswer } from "../data/live.ts";
import { hrefOf } from "../data/route.ts";
import { html } from "../html.ts";
import { ago, duration, shortId, timeOfDay } from "../model/format.ts";
import { Command } from "../parts/command.ts";
import { Empty } from "../parts/empty.ts";
import { BusFilters, narrowing, type Query, TroubleFilter, textOf } from "../parts/filters.ts";
import type { ViewProps } from "./shared.ts";

/** How often the list looks for new ones, in milliseconds. */
const refreshMs = 2_000;
/** How long somebody who types is left alone, in milliseconds. */
const typingMs = 250;

/** Activities: to find one by its id, a name, a role, what a payload holds, or that it was slow. */
export function ActivitiesView({ live, time, places, query }: ViewProps) {
  const search = new URLSearchParams(query);
  if (time !== undefined) search.set("before", String(Math.round(time + 5_000)));
  const found = useAnswer<{ rows: readonly ActivityRow[]; isComplete: boolean }>(
    `/api/activities?${search}`,
    time === undefined ? refreshMs : 0,
  );
  const rows = found.value?.rows ?? [];
  return html`
    <section class="list" aria-label="Activities">
      <h1 class="unseen">Activities</h1>
      <${SearchForm} query=${query} live=${live} />
      ${found.problem && html`<p class="problem" role="alert">${found.problem.message}</p>`}
      ${rows.length > 0 && html`<${Rows} rows=${rows} />`}
      ${found.value && rows.length === 0 && html`<${Nothing} query=${query} isConnected=${live.state.isConnected} />`}
      ${found.value && rows.length > 0 && !found.value.isComplete && html`<p class="note more">There are more: narrow the search, or go back in time below.</p>`}
      <${Command} shown=${{ view: "activities", query }} places=${places} />
    </section>
  `;
}

function SearchForm({ query, live }: { query: Query; live: ViewProps["live"] }) {
  const [text, setText] = useState(query.text ?? "");
  const [slower, setSlower] = useState(query.slower ?? "");
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const narrow = narrowing("activities", query);
  const later = (change: Query) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => narrow(change), typingMs);
  };
  return html`
    <form class="filters" role="search" onSubmit=${(event: Event) => event.preventDefault()}>
      <label class="wide"><span>Find</span>
        <input type="search" placeholder="id, name, or what a payload holds" value=${text}
          onInput=${(event: Event) => {
            setText(textOf(event));
            later({ text: textOf(event) });
          }} />
      </label>
      <${BusFilters} query=${query} live=${live} narrow=${narrow} />
      <label class="short"><span>Slower than, ms</span>
        <input type="number" min="0" inputmode="numeric" placeholder="0" value=${slower}
          onInput=${(event: Event) => {
            setSlower(textOf(event));
            later({ slower: textOf(event) });
          }} />
      </label>
      <${TroubleFilter} query=${query} narrow=${narrow} />
    </form>
  `;
}

function Rows({ rows }: { rows: readonly ActivityRow[] }) {
  const slowest = Math.max(1, ...rows.map(({ ms }) => ms));
  const move = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step === 0) return;
    const links = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("a.row")];
    const next = links[links.indexOf(document.activeElement as HTMLElement) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  };
  return html`
    <ol class="rows" onKeyDown=${move}>
      ${rows.map(
        ({ id, at, ms, messages, errors, retries, from, name, roles }) => html`
          <li key=${id}>
            <a class=${`row ${errors > 0 ? "bad" : retries > 0 ? "slow" : "fine"}`} href=${hrefOf(["activities", id])}>
              <span class="mark" aria-hidden="true" />
              <span class="what"><b class="mono">${name || "(not seen)"}</b><small>${from ? `from ${from}` : ""} · ${roles.join(", ")}</small></span>
              <span class="flags">
                ${errors > 0 && html`<span class="tag bad">${errors} failed</span>`}
                ${retries > 0 && html`<span class="tag slow">${retries} ${retries === 1 ? "retry" : "retries"}</span>`}
              </span>
              <span class="id mono" title=${id}>${shortId(id)}</span>
              <span class="num messages">${messages} ${messages === 1 ? "message" : "messages"}</span>
              <span class="time"><svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect width=${Math.max(1, (ms / slowest) * 100)} height="6" rx="3" /></svg><span class="num">${duration(ms)}</span></span>
              <time class="num" datetime=${new Date(at).toISOString()} title=${ago(Date.now() - at)}>${timeOfDay(at, 3)}</time>
            </a>
          </li>
        `,
      )}
    </ol>
  `;
}

function Nothing({ query, isConnected }: { query: Query; isConnected: boolean }) {
  if (Object.values(query).some(Boolean)) {
    return html`<${Empty} title="No activity matches">Of the last hour. Payloads are searched as they were sent, fields that are redacted are not. <a href=${hrefOf(["activities"])}>Show all</a><//>`;
  }
  if (!isConnected)
    return html`<${Empty} title="No broker to watch" command="exocom serve --app application.yml">What it does shows here, once there is one.<//>`;
  return html`<${Empty} title="No activity yet" command=${`curl -d '{"name":"Ada"}' http://127.0.0.1:4200/v1/send/users.create`}>Send a message through a sidecar: <code>npm start</code> and <code>exo run</code> print a line that does. One on its default port takes this one.<//>`;
}
