import { useEffect, useMemo, useState } from "preact/hooks";
import type { BusView, EdgeView } from "../../src/core/bus-view.ts";
import { isLost, useAnswer } from "../data/live.ts";
import { useMapWindow } from "../data/map-window.ts";
import { go, hrefOf } from "../data/route.ts";
import { useSize } from "../data/size.ts";
import { html } from "../html.ts";
import { layoutMap } from "../model/map-layout.ts";
import { type Found, findIn, onlyFound } from "../model/map-search.ts";
import { Command } from "../parts/command.ts";
import { Empty } from "../parts/empty.ts";
import { narrowing } from "../parts/filters.ts";
import { MapTools } from "../parts/map-tools.ts";
import { MapDrawing } from "./map-drawing.ts";
import { EdgePanel, OverviewPanel, RolePanel } from "./map-panels.ts";
import { MapTable } from "./map-table.ts";
import type { ViewProps } from "./shared.ts";

/** The bus as a map. */
export function MapView({ live, time, places, query }: ViewProps) {
  const past = useAnswer<BusView | null>(time === undefined ? undefined : `/api/bus?at=${Math.round(time)}`);
  const bus = time === undefined ? live.bus : (past.value ?? undefined);
  const { ref, size } = useSize<HTMLDivElement>();
  const replies = useReplies();
  const found = useMemo(() => bus && findIn(bus, query.find), [bus, query.find]);
  const drawn = bus && found && query.only === "1" ? onlyFound(bus, found) : bus;
  const layout = useMemo(
    () =>
      drawn && size.width > 0 ? layoutMap(drawn.roles, drawn.edges, size, (edge) => replies.has(edge.name)) : undefined,
    [bus, found, query.only, size, replies],
  );
  const narrow = narrowing("map", query);
  const view = useMapWindow(layout, size, query.at, (at) => narrow({ at }));
  const isScrolled = layout?.isVertical ?? false;
  const { find, only, at } = query;
  const close = () => go(hrefOf(["map"], { find, only, at }), true);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => event.key === "Escape" && close();
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  });
  if (!live.state.isConnected && !bus)
    return html`<h1 class="unseen">Map</h1><${NoBroker} problem=${live.problem?.message ?? live.state.problem} />`;
  const selected = selectionOf(bus, query);
  return html`
    <section class=${time === undefined && isLost(live) ? "map lost" : "map"} aria-label="Map of the bus">
      <h1 class="unseen">Map</h1>
      ${bus && bus.roles.length > 0 && html`<${MapTools} query=${query} narrow=${narrow} found=${foundText(found)} zoom=${isScrolled ? undefined : view.zoom} fit=${view.fit} />`}
      <div class=${isScrolled ? "canvas" : "canvas whole"} ref=${ref} tabindex="0" role="group" aria-label="Map: arrow keys move it, plus and minus change its size, 0 shows all" onKeyDown=${isScrolled ? undefined : view.onKeyDown}>
        ${layout && bus && html`<${MapDrawing} layout=${layout} query=${query} found=${found} screen=${size} shown=${isScrolled ? undefined : view.shown} drawingRef=${isScrolled ? undefined : view.ref} />`}
        ${bus && bus.roles.length === 0 && html`<${Empty} title="The routes name no role yet">Add a service to your application.yml.<//>`}
        ${bus && bus.roles.length > 0 && !layout?.isCrowd && time === undefined && !isLost(live) && isSilent(bus) && html`<${Hint} />`}
      </div>
      ${bus && bus.roles.length > 0 && html`<${MapTable} bus=${drawn ?? bus} />`}
      <${Command} shown=${{ view: "map" }} places=${places} />
    </section>
    <aside class="panel" aria-label="Numbers">
      ${
        selected?.edge
          ? html`<${EdgePanel} edge=${selected.edge} onClose=${close} />`
          : selected?.role
            ? html`<${RolePanel} role=${selected.role} bus=${bus} onClose=${close} />`
            : bus && html`<${OverviewPanel} bus=${bus} live=${live} isPast=${time !== undefined} />`
      }
    </aside>
  `;
}

function selectionOf(bus: BusView | undefined, { role, from, to, name }: Readonly<Record<string, string>>) {
  if (role) return { role: bus?.roles.find((each) => each.role === role) };
  const edge = bus?.edges.find((each) => each.from === from && each.to === to && each.name === name);
  return edge && { edge };
}

function foundText(found: Found | undefined): string {
  if (!found) return "";
  const count = (number: number, what: string) => `${number} ${what}${number === 1 ? "" : "s"}`;
  return `${count(found.roles.size, "role")}, ${count(found.edges.size, "message")}`;
}

function isSilent({ edges }: BusView): boolean {
  return edges.every(({ totals }) => Object.keys(totals.sent).length === 0);
}

/** Names of messages that were seen as replies: the map reads from those who ask to those who answer. */
function useReplies(): ReadonlySet<string> {
  const found = useAnswer<readonly string[]>("/api/replies", 10_000).value;
  const key = found?.join("\0") ?? "";
  const [known, setKnown] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => setKnown(new Set(found)), [key]);
  return known;
}

function NoBroker({ problem }: { problem: string }) {
  return html`
    <${Empty} title="No broker to watch" command="exocom serve --app application.yml">
      ${problem || "Connecting …"} The dashboard goes on trying.
    <//>
  `;
}

function Hint() {
  return html`<p class="hint" role="status">Nothing was sent yet. Send a message, and it shows here within a second.</p>`;
}

/** The address that selects an edge. */
export function edgeHref({ from, to, name }: Pick<EdgeView, "from" | "to" | "name">): string {
  return hrefOf(["map"], { from, to, name });
}
