import { useMemo } from "preact/hooks";
import type { LatencyView as Latencies, QueueView } from "../../src/core/history.ts";
import { useAnswer } from "../data/live.ts";
import { go, hrefOf } from "../data/route.ts";
import { html } from "../html.ts";
import { count, duration, rate } from "../model/format.ts";
import { Command } from "../parts/command.ts";
import { Empty } from "../parts/empty.ts";
import { Heatmap } from "./heatmap.ts";
import { Queues } from "./queues.ts";
import type { ViewProps } from "./shared.ts";

const spans = [
  { text: "5 min", ms: 300_000 },
  { text: "15 min", ms: 900_000 },
  { text: "1 h", ms: 3_600_000 },
] as const;
/** How often it is asked for, in milliseconds: as often as a slot is full. */
const refreshMs = 5_000;

/** How long messages take, and what waits. */
export function LatencyView({ live, time, places, query, timeline }: ViewProps) {
  const { role, name } = query;
  // Where there is little to show, a short time shows more of it.
  const heldMs = timeline.length > 0 ? Date.now() - (timeline[0]?.at ?? 0) : 0;
  const fitting = spans.find(({ ms }) => heldMs < ms * 0.9) ?? spans[2];
  const spanMs = Number(query.span) || fitting.ms;
  const lastAt = timeline.at(-1)?.at;
  const until = time ?? Math.ceil((lastAt ?? Date.now()) / 5_000) * 5_000;
  const span = useMemo(() => ({ from: until - spanMs, to: until }), [until, spanMs]);
  const search = new URLSearchParams({ from: String(span.from), to: String(span.to), ...(role && { role }), ...(name && { name }) }); // biome-ignore format: one line
  const every = time === undefined ? refreshMs : 0;
  const { value: latencies, problem } = useAnswer<Latencies>(`/api/latency?${search}`, every);
  const queues = useAnswer<readonly QueueView[]>(`/api/queues?from=${span.from}&to=${span.to}`, every).value ?? [];
  const edges = [...(live.bus?.edges ?? [])].sort((a, b) => b.rate - a.rate || a.name.localeCompare(b.name));
  const received = edges.filter(
    (edge, index) => edges.findIndex(({ to, name: other }) => to === edge.to && other === edge.name) === index,
  );
  const chosen = role && name ? `${name} at ${role}` : role ? `everything at ${role}` : (name ?? "all messages");
  const show = (change: Record<string, string>) => hrefOf(["latency"], { ...query, ...change });
  return html`
    <section class="latency" aria-label="Latency">
      <div class="heading">
        <h1>Latency <small>${chosen}, from acceptance to settlement</small></h1>
        ${(role || name) && html`<a class="button" href=${hrefOf(["latency"], { span: query.span })}>All messages</a>`}
        <div class="segments" role="group" aria-label="Length of time">
          ${spans.map(({ text, ms }) => html`<button key=${ms} type="button" aria-pressed=${ms === spanMs} onClick=${() => go(show({ span: String(ms) }), true)}>${text}</button>`)}
        </div>
      </div>
      ${problem && html`<p class="problem" role="alert">${problem.message}</p>`}
      ${latencies && html`<${Quantiles} latencies=${latencies} />`}
      ${
        latencies &&
        (latencies.count > 0
          ? html`<${Heatmap} latencies=${latencies} span=${span} />`
          : html`<${Empty} title="Nothing was settled in this time">Choose a longer time, or go back in time below. The first numbers come five seconds after the first message.<//>`)
      }
      <h2>Queues</h2>
      <${Queues} queues=${queues} span=${span} />
      <${Command} shown=${{ view: "latency", role }} places=${places} />
    </section>
    <aside class="panel" aria-label="Messages">
      <h2>Messages <small>now</small></h2>
      <table class="messages">
        <thead><tr><th scope="col">message</th><th scope="col" class="num">per s</th><th scope="col" class="num">p50</th><th scope="col" class="num">p99</th></tr></thead>
        <tbody>
          ${received.map(
            (edge) => html`
              <tr key=${`${edge.to} ${edge.name}`} class=${edge.to === role && edge.name === name ? "selected" : ""}>
                <th scope="row"><a href=${show({ role: edge.to, name: edge.name })}><span class="mono">${edge.name}</span><small>at ${edge.to}</small></a></th>
                <td class="num">${rate(edge.doneRate)}</td><td class="num">${duration(edge.p50)}</td><td class="num">${duration(edge.p99)}</td>
              </tr>
            `,
          )}
        </tbody>
      </table>
    </aside>
  `;
}

function Quantiles({ latencies: { p50, p90, p99, p999, count: settled } }: { latencies: Latencies }) {
  const tile = (label: string, value: string) => html`<div class="tile"><dt>${label}</dt><dd>${value}</dd></div>`;
  return html`
    <dl class="tiles five">
      ${tile("settled", count(settled))}${tile("half within", duration(p50))}${tile("90 % within", duration(p90))}${tile("99 % within", duration(p99))}${tile("99.9 % within", duration(p999))}
    </dl>
  `;
}
