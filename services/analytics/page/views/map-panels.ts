import type { BusView, EdgeView, RoleView } from "../../src/core/bus-view.ts";
import { isLost, type Live } from "../data/live.ts";
import { hrefOf } from "../data/route.ts";
import { html } from "../html.ts";
import { bytes, count, duration, outcome, percent, rate } from "../model/format.ts";
import { healthOf } from "../model/map-layout.ts";

/** Everything, where nothing is selected. */
export function OverviewPanel({ bus, live, isPast }: { bus: BusView; live: Live; isPast: boolean }) {
  const edges = [...bus.edges].sort((a, b) => b.rate - a.rate || a.name.localeCompare(b.name));
  const instances = bus.roles.reduce((sum, role) => sum + role.instances.length, 0);
  const waiting = bus.roles.reduce((sum, role) => sum + role.waiting, 0);
  const isLastKnown = !isPast && isLost(live);
  return html`
    <h2>${isPast ? "At that time" : isLastKnown ? "Last known" : "Now"}</h2>
    ${isLastKnown && html`<p class="note">${live.problem?.message ?? live.state.problem} It goes on by itself.</p>`}
    <dl class="tiles">
      <${Tile} label="published" value=${rate(bus.published)} unit="/s" />
      <${Tile} label="done" value=${rate(bus.done)} unit="/s" />
      <${Tile} label="failed" value=${rate(bus.failed)} unit="/s" state=${bus.failed > 0 ? "bad" : ""} />
      <${Tile} label="tried again" value=${rate(bus.retried)} unit="/s" state=${bus.retried > 0 ? "slow" : ""} />
      <${Tile} label="waiting" value=${count(waiting)} state=${waiting > 0 ? "slow" : ""} />
      <${Tile} label="instances" value=${count(instances)} />
    </dl>
    ${live.tap.share < 1 && html`<p class="note">Much is going on: one in ${Math.round(1 / live.tap.share)} activities is kept whole. The numbers here count everything.</p>`}
    ${live.tap.dropped > 0 && html`<p class="note">${count(live.tap.dropped)} events could not be kept.</p>`}
    <h3>Messages</h3>
    <table class="messages">
      <thead><tr><th scope="col">message</th><th scope="col" class="num">per s</th><th scope="col" class="num">p50</th><th scope="col" class="num">p99</th></tr></thead>
      <tbody>
        ${edges.map(
          (edge) => html`
            <tr key=${`${edge.from} ${edge.to} ${edge.name}`} class=${healthOf(edge)}>
              <th scope="row"><a href=${hrefOf(["map"], { from: edge.from, to: edge.to, name: edge.name })}><span class="mono">${edge.name}</span><small>${edge.from} → ${edge.to}</small></a></th>
              <td class="num">${rate(edge.rate)}</td>
              <td class="num">${duration(edge.p50)}</td>
              <td class="num">${duration(edge.p99)}</td>
            </tr>
          `,
        )}
      </tbody>
    </table>
  `;
}

/** A message between two roles. */
export function EdgePanel({ edge, onClose }: { edge: EdgeView; onClose: () => void }) {
  const { from, to, name, sentAs, receivedAs, totals } = edge;
  return html`
    <${Title} text=${name} onClose=${onClose} />
    <p class="between"><a href=${hrefOf(["map"], { role: from })}>${from}</a> → <a href=${hrefOf(["map"], { role: to })}>${to}</a></p>
    ${sentAs !== name && html`<p class="note">${from} calls it <span class="mono">${sentAs}</span>.</p>`}
    ${receivedAs !== name && html`<p class="note">${to} calls it <span class="mono">${receivedAs}</span>.</p>`}
    <dl class="tiles">
      <${Tile} label="sent" value=${rate(edge.rate)} unit="/s" />
      <${Tile} label="fail" value=${percent(edge.errorShare)} state=${edge.errorShare > 0 ? "bad" : ""} />
      <${Tile} label="half within" value=${duration(edge.p50)} />
      <${Tile} label="99 % within" value=${duration(edge.p99)} />
      <${Tile} label="tried again" value=${rate(edge.retryRate)} unit="/s" state=${edge.retryRate > 0 ? "slow" : ""} />
      <${Tile} label="oldest waits" value=${duration(edge.oldestMs)} state=${edge.oldestMs > 1000 ? "slow" : ""} />
    </dl>
    <h3>Since the broker started</h3>
    <${Counts} title=${`sent by ${from}`} counts=${totals.sent} side="sent" />
    <${Counts} title=${`how copies for ${to} ended`} counts=${totals.received} side="received" />
    <p class="links">
      <a href=${hrefOf(["activities"], { name })}>Activities with it</a>
      <a href=${hrefOf(["latency"], { role: to, name })}>Latency</a>
      <a href=${hrefOf(["tap"], { name })}>Tap</a>
    </p>
  `;
}

/** A role. */
export function RolePanel({ role, bus, onClose }: { role: RoleView; bus: BusView | undefined; onClose: () => void }) {
  const edges = bus?.edges.filter(({ from, to }) => from === role.role || to === role.role) ?? [];
  const list = (title: string, some: readonly EdgeView[], other: "from" | "to") =>
    some.length > 0 &&
    html`
      <h3>${title}</h3>
      <ul class="names">
        ${some.map((edge) => html`<li key=${`${edge.from}${edge.to}${edge.name}`}><a href=${hrefOf(["map"], { from: edge.from, to: edge.to, name: edge.name })}><span class="mono">${edge.name}</span><small>${edge[other]}</small></a><span class="num">${rate(edge.rate)}/s</span></li>`)}
      </ul>
    `;
  return html`
    <${Title} text=${role.role} onClose=${onClose} />
    <dl class="tiles">
      <${Tile} label="received" value=${rate(role.receivedRate)} unit="/s" />
      <${Tile} label="sent" value=${rate(role.sentRate)} unit="/s" />
      <${Tile} label="failed" value=${rate(role.errorRate)} unit="/s" state=${role.errorRate > 0 ? "bad" : ""} />
      <${Tile} label="in flight" value=${count(role.inFlight)} />
      <${Tile} label="waiting" value=${count(role.waiting)} state=${role.waiting > 0 ? "slow" : ""} />
      <${Tile} label="oldest waits" value=${duration(role.oldestMs)} state=${role.oldestMs > 1000 ? "slow" : ""} />
    </dl>
    ${role.waitingBytes > 0 && html`<p class="note">${bytes(role.waitingBytes)} wait.</p>`}
    <h3>Instances</h3>
    ${
      role.instances.length === 0
        ? html`<p class="note">None is attached. Is its service running?</p>`
        : html`<ul class="instances">${role.instances.map(
            ({ id, agent, credit, inFlight, attachedMs, takesNoWork }) => html`
              <li key=${id} class=${takesNoWork ? "away" : ""}><span class="mono" title=${id}>${id.slice(0, 18)}</span><small>${agent} · for ${duration(attachedMs)}</small><span class="num">${takesNoWork ? "takes no work" : `${inFlight} / ${credit}`}</span></li>
            `,
          )}</ul>`
    }
    ${role.instances.some(({ takesNoWork }) => takesNoWork) && html`<p class="note">An instance takes no work while its app cannot be reached, or when it is about to leave. Its log says which.</p>`}
    ${list(
      "Receives",
      edges.filter(({ to }) => to === role.role),
      "from",
    )}
    ${list(
      "Sends",
      edges.filter(({ from }) => from === role.role),
      "to",
    )}
    <p class="links">
      <a href=${hrefOf(["activities"], { role: role.role })}>Its activities</a>
      <a href=${hrefOf(["latency"], { role: role.role })}>Latency</a>
      <a href=${hrefOf(["tap"], { role: role.role })}>Tap</a>
    </p>
  `;
}

function Title({ text, onClose }: { text: string; onClose: () => void }) {
  return html`
    <div class="title">
      <h2 class="mono">${text}</h2>
      <button class="icon" type="button" onClick=${onClose} aria-label="Close"><svg viewBox="0 0 16 16" aria-hidden="true"><path d="M4 4l8 8M12 4l-8 8" /></svg></button>
    </div>
  `;
}

function Tile({
  label,
  value,
  unit = "",
  state = "",
}: {
  label: string;
  value: string;
  unit?: string;
  state?: string;
}) {
  return html`<div class=${`tile ${state}`}><dt>${label}</dt><dd>${value}<small>${unit}</small></dd></div>`;
}

function Counts({ title, counts, side }: { title: string; counts: Readonly<Record<string, number>>; side: string }) {
  const entries = Object.entries(counts);
  return html`
    <h4>${title}</h4>
    ${
      entries.length === 0
        ? html`<p class="note">none</p>`
        : html`<ul class="counts">${entries.map(([name, value]) => html`<li key=${name} class=${name === "ok" ? "fine" : name === "retry" ? "slow" : "bad"}><span>${outcome(name)}</span><span class="num" data-count=${`${side} ${name}`} data-value=${value}>${count(value)}</span></li>`)}</ul>`
    }
  `;
}
