import type { RoleView } from "../../src/core/bus-view.ts";
import { go, hrefOf } from "../data/route.ts";
import { html } from "../html.ts";
import { duration, percent, rate, shorten } from "../model/format.ts";
import type { MapEdge, MapLayout, MapNode, QuietBundle } from "../model/map-elements.ts";
import type { Found } from "../model/map-search.ts";
import type { MapWindow } from "../model/map-window.ts";

type Query = Readonly<Record<string, string>>;

/** Instances that are drawn one by one; of more, the number says it. */
const drawnInstances = 8;

/** The map itself. */
export function MapDrawing({ layout, query, found, screen, shown, drawingRef }: DrawingProps) {
  const { width, height, nodes, edges, quiet, isVertical, isCrowd } = layout;
  const hasSelection = Boolean(query.role || query.name || found);
  const isFound = ({ edge }: MapEdge) => found?.edges.has(edge) ?? false;
  // Of a crowd, names stand at what is chosen alone: a hundred of them would be none.
  const named = isCrowd ? edges.filter((edge) => touches(edge, query)) : edges;
  const box = shown && `${shown.x} ${shown.y} ${screen.width / shown.scale} ${screen.height / shown.scale}`;
  const size = box ? screen : { width, height };
  return html`
    <svg ref=${drawingRef} class=${`drawing ${hasSelection ? "selective" : ""} ${isCrowd ? "crowd" : ""}`} width=${size.width} height=${size.height} viewBox=${box} role="group" aria-label="Roles and messages">
      <g class="quiets">${quiet.map((bundle) => html`<${Quiet} key=${bundle.key} bundle=${bundle} hasLabel=${!isVertical && !isCrowd} />`)}</g>
      <g class="edges">${edges.map((edge) => html`<${Edge} key=${edge.key} edge=${edge} query=${query} isFound=${isFound(edge)} />`)}</g>
      <g class="nodes">${nodes.map((node) => html`<${Node} key=${node.role.role} node=${node} query=${query} isDim=${found !== undefined && !found.roles.has(node.role.role)} isSmall=${isCrowd} />`)}</g>
      ${!isVertical && html`<g class="chips">${named.map((edge) => html`<${Chip} key=${edge.key} edge=${edge} query=${query} />`)}</g>`}
    </svg>
  `;
}

/** What the map is drawn from. */
interface DrawingProps {
  readonly layout: MapLayout;
  readonly query: Query;
  /** What a search has found, if one is made. */
  readonly found: Found | undefined;
  readonly screen: { readonly width: number; readonly height: number };
  /** What of the map is looked at; undefined: all of it, which may have to be scrolled. */
  readonly shown: MapWindow | undefined;
  readonly drawingRef: ((drawing: SVGSVGElement | null) => void) | undefined;
}

function touches({ edge: { from, to, name } }: MapEdge, query: Query): boolean {
  return (query.name === name && query.from === from && query.to === to) || query.role === from || query.role === to;
}

function Edge({ edge: drawn, query, isFound }: { edge: MapEdge; query: Query; isFound: boolean }) {
  const { edge, health, path, width } = drawn;
  const { from, to, name } = edge;
  const isSelected = query.name === name && query.from === from && query.to === to;
  const isTouched = isFound || touches(drawn, query);
  const trouble =
    edge.errorShare > 0
      ? `, ${percent(edge.errorShare)} fail`
      : edge.oldestMs > 1000
        ? `, ${duration(edge.oldestMs)} waiting`
        : "";
  const text = `${name}, from ${from} to ${to}: ${rate(edge.rate)} a second${trouble}`;
  const href = hrefOf(["map"], { from, to, name });
  return html`
    <g class=${`edge ${health} ${isSelected ? "selected" : ""} ${isTouched ? "touched" : ""}`} role="link" tabindex="0" aria-label=${text} aria-current=${isSelected ? "true" : undefined}
      onClick=${() => go(href)} onKeyDown=${onEnter(href)}>
      <title>${text}</title>
      <path class="reach" d=${path} />
      <path class="way" d=${path} stroke-width=${width} />
      ${edge.rate > 0 && html`<path class=${`flow ${speedOf(edge.rate)}`} d=${path} stroke-width=${Math.max(1.6, width * 0.45)} />`}
    </g>
  `;
}

/** The name of a message and its rate. In a layer above all lines; the line itself is what is focused. */
function Chip({ edge: drawn, query }: { edge: MapEdge; query: Query }) {
  const { edge, health, label } = drawn;
  const { from, to, name } = edge;
  const isTouched = touches(drawn, query);
  const { width } = label;
  return html`
    <g class=${`edge chip ${health} ${isTouched ? "touched" : ""}`} transform=${`translate(${label.x} ${label.y})`} aria-hidden="true" onClick=${() => go(hrefOf(["map"], { from, to, name }))}>
      <rect x=${-width / 2} y="-10" width=${width} height="20" rx="10" />
      <text text-anchor="middle" y="3.8"><tspan>${label.text}</tspan>${label.rate && html`<tspan class="rate" dx="6">${label.rate}</tspan>`}</text>
    </g>
  `;
}

function Quiet({ bundle: { from, to, names, path, label }, hasLabel }: { bundle: QuietBundle; hasLabel: boolean }) {
  const about = `Not sent yet from ${from} to ${to}: ${names.join(", ")}`;
  return html`
    <g class="quiet">
      <title>${about}</title>
      <path d=${path} />
      ${hasLabel && html`<text x=${label.x} y=${label.y + 3.5} text-anchor="middle">${label.text}</text>`}
    </g>
  `;
}

function Node({ node: { role, x, y, width, height }, query, isDim, isSmall }: NodeProps) {
  const isSelected = query.role === role.role;
  const href = hrefOf(["map"], { role: role.role });
  const state = stateOf(role);
  // Its panel has all of it.
  const isCrowded = role.waiting > 0 && width < 170;
  const waits = role.waiting > 0 ? `, ${role.waiting} waiting, the oldest ${duration(role.oldestMs)}` : "";
  const away = role.instances.filter(({ takesNoWork }) => takesNoWork).length;
  const idle = away > 0 ? `, ${away} of which ${away === 1 ? "takes" : "take"} no work` : "";
  const text = `Role ${role.role}: ${role.instances.length} instances${idle}, ${rate(role.receivedRate)} a second received${waits}`;
  return html`
    <g class=${`node ${state} ${isSelected ? "selected" : ""} ${isDim ? "dim" : ""}`} transform=${`translate(${x} ${y})`} role="link" tabindex="0" aria-label=${text} aria-current=${isSelected ? "true" : undefined}
      onClick=${() => go(href)} onKeyDown=${onEnter(href)}>
      <title>${text}</title>
      <g aria-hidden="true">
      <rect class="card" width=${width} height=${height} rx="12" />
      <circle class="state" cx="18" cy="22" r="4.5" />
      <text class="name" x="30" y="26.5">${shorten(role.role, Math.floor((width - 40) / 8.2))}</text>
      ${!isSmall && html`<${Instances} role=${role} width=${width} />`}
      ${isSmall && html`<text class="count" x=${width - 12} y="26.5" text-anchor="end">${role.instances.length}</text>`}
      <text class="fact" x="16" y=${isSmall ? 43 : 79}>
        <tspan class="arrow">↓</tspan><tspan class="number" dx="3">${rate(role.receivedRate)}</tspan>
        ${!isCrowded && html`<tspan class="arrow" dx="9">↑</tspan><tspan class="number" dx="3">${rate(role.sentRate)}</tspan>`}
      </text>
      ${
        role.waiting > 0 &&
        html`<text class="queue" x=${width - 14} y=${isSmall ? 43 : 79} text-anchor="end">${role.waiting} wait${isCrowded ? "" : ` · ${duration(role.oldestMs)}`}</text>`
      }
      </g>
    </g>
  `;
}

interface NodeProps {
  readonly node: MapNode;
  readonly query: Query;
  /** It is not among what was searched for. */
  readonly isDim: boolean;
  readonly isSmall: boolean;
}

/** Each instance as a vessel that fills with what it works on. */
function Instances({ role, width }: { role: RoleView; width: number }) {
  const { instances } = role;
  if (instances.length === 0) return html`<text class="none" x="16" y="52">no instance</text>`;
  const shown = instances.slice(0, drawnInstances);
  const room = width - 32 - (instances.length > drawnInstances ? 34 : 0);
  const size = Math.min(40, (room - (shown.length - 1) * 5) / shown.length);
  return html`
    ${shown.map(({ id, credit, inFlight, takesNoWork }, index) => {
      const full = credit > 0 ? Math.min(1, inFlight / credit) : inFlight > 0 ? 1 : 0;
      const x = 16 + index * (size + 5);
      return html`
        <g key=${id} class=${takesNoWork ? "instance away" : "instance"}>
          <rect class="vessel" x=${x} y="39" width=${size} height="20" rx="5" />
          ${full > 0 && html`<rect class="fill" x=${x} y="39" width=${Math.max(4, size * full)} height="20" rx="5" />`}
          ${size > 22 && html`<text x=${x + size / 2} y="53" text-anchor="middle">${takesNoWork ? "×" : inFlight}</text>`}
        </g>
      `;
    })}
    ${instances.length > drawnInstances && html`<text class="more" x=${width - 16} y="53" text-anchor="end">+${instances.length - drawnInstances}</text>`}
  `;
}

function stateOf(role: RoleView): string {
  const { instances, oldestMs, errorRate, waiting } = role;
  // An instance whose app cannot be reached takes as little as one that is not there.
  const isAbsent = instances.every(({ takesNoWork }) => takesNoWork);
  if ((isAbsent && waiting > 0) || oldestMs >= 10_000) return "bad";
  if (isAbsent) return "absent";
  return errorRate > 0 || oldestMs >= 1_000 ? "slow" : "fine";
}

function speedOf(perSecond: number): string {
  if (perSecond < 1) return "calm";
  return perSecond < 50 ? "steady" : "quick";
}

function onEnter(href: string) {
  return (event: KeyboardEvent) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    go(href);
  };
}
