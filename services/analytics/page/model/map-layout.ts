import type { EdgeView, RoleView } from "../../src/core/bus-view.ts";
import { rate } from "./format.ts";
import { curveAcross, curveDown, laneGap } from "./map-curves.ts";
import { labelText, spreadLabels } from "./map-labels.ts";
import { portsOf } from "./map-ports.ts";
import { ranksOf } from "./map-ranks.ts";

/** A role on the map, in pixels; x and y of its corner. */
export interface MapNode {
  readonly role: RoleView;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How a message fares. */
export type Health = "idle" | "fine" | "slow" | "bad";

/** A message on the map. */
export interface MapEdge {
  readonly key: string;
  readonly edge: EdgeView;
  readonly health: Health;
  readonly path: string;
  /** Of its stroke, in pixels. */
  readonly width: number;
  /** Where its label is centred, and what it has room to say; `rate` is empty where there is none for it. */
  readonly label: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly text: string;
    readonly rate: string;
  };
}

/** Messages between two roles of which none was sent yet, drawn as one. */
export interface QuietBundle {
  readonly key: string;
  readonly from: string;
  readonly to: string;
  readonly names: readonly string[];
  readonly path: string;
  readonly label: { readonly x: number; readonly y: number; readonly width: number; readonly text: string };
}

/** The map, ready to be drawn. */
export interface MapLayout {
  readonly width: number;
  readonly height: number;
  readonly isVertical: boolean;
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
  readonly quiet: readonly QuietBundle[];
}

/** Sizes in pixels. */
const node = { width: 184, least: 140, height: 92, gap: 44 };
const [margin, leastMargin] = [28, 16];
/** Between columns, in pixels: room for a name and its rate, and the least, for a name. Below that, the map is scrolled. */
const [columnGap, leastColumnGap] = [176, 124];
/** Below this width, columns become rows. */
const narrow = 640;

/** What is drawn between two roles as one. */
export interface Lane {
  readonly key: string;
  readonly from: string;
  readonly to: string;
  readonly edge?: EdgeView;
  readonly names?: readonly string[];
}

/** Lays the map out for a place of this size. It may need more than there is. */
export function layoutMap(
  roles: readonly RoleView[],
  edges: readonly EdgeView[],
  size: { readonly width: number; readonly height: number },
  isReply: (edge: EdgeView) => boolean = () => false,
): MapLayout {
  const isVertical = size.width < narrow;
  const ranks = ranksOf(
    roles.map(({ role }) => role),
    edges.map((edge) => ({ from: edge.from, to: edge.to, name: edge.name, isReply: isReply(edge) })),
  );
  const lanes = lanesOf(edges);
  const nodes = placeNodes(roles, ranks, lanes, size, isVertical);
  const byRole = new Map(nodes.map((each) => [each.role.role, each]));
  const ports = portsOf(lanes, byRole);
  const degrees = degreesOf(lanes);
  const drawn: MapEdge[] = [];
  const quiet: QuietBundle[] = [];
  for (const [pair, inPair] of lanes) {
    const [one = "", other = ""] = pair.split("\0");
    const [a, b] = [byRole.get(one), byRole.get(other)];
    if (!a || !b) continue;
    inPair.forEach((lane, index) => {
      const isForward = lane.from === one;
      const ends = { a: ports.get(`${lane.key} ${one}`) ?? 0, b: ports.get(`${lane.key} ${other}`) ?? 0 };
      const lean = leanOf(degrees.get(one) ?? 1, degrees.get(other) ?? 1);
      const place = { index, lanes: inPair.length, isForward, ends, lean };
      const shape = isVertical ? curveDown(a, b, place) : curveAcross(a, b, place, size.width);
      const { key, edge } = lane;
      // Of two roles beside each other, the label stands between them.
      const room = a.x === b.x ? Number.POSITIVE_INFINITY : Math.abs(a.x - b.x) - a.width - 10;
      if (edge) {
        const label = { ...shape.label, ...labelText(edge.name, `${rate(edge.rate)}/s`, room) };
        drawn.push({ key, edge, health: healthOf(edge), width: strokeOf(edge.rate), path: shape.path, label });
      } else {
        const names = lane.names ?? [];
        const label = { ...shape.label, ...labelText(names.length === 1 ? (names[0] ?? "") : `${names.length} quiet`, "", room) }; // biome-ignore format: one line
        quiet.push({ key, from: lane.from, to: lane.to, names, path: shape.path, label });
      }
    });
  }
  separate([...drawn, ...quiet], nodes);
  const right = isVertical ? 0 : Math.max(0, ...nodes.map(({ x, width }) => x + width)) + leastMargin;
  const bottom = Math.max(0, ...nodes.map(({ y, height }) => y + height), ...drawn.map(({ label }) => label.y + 14));
  return {
    width: Math.max(size.width, right),
    height: Math.max(size.height, bottom + margin),
    isVertical,
    nodes,
    edges: drawn,
    quiet,
  };
}

/** Moves labels off each other, and off the roles. */
function separate(labelled: readonly (MapEdge | QuietBundle)[], nodes: readonly MapNode[]): void {
  const labels = labelled.map(({ label }) => label);
  const ys = spreadLabels(labels, nodes);
  labelled.forEach((each, index) => {
    Object.assign(each, { label: { ...labels[index], y: ys[index] } });
  });
}

/** To how many others each role speaks. */
function degreesOf(lanes: ReadonlyMap<string, Lane[]>): Map<string, number> {
  const degrees = new Map<string, number>();
  for (const pair of lanes.keys()) for (const role of pair.split("\0")) degrees.set(role, (degrees.get(role) ?? 0) + 1);
  return degrees;
}

/** Labels stand nearer to who speaks to fewer others: at a busy role they would come to lie on each other. */
function leanOf(one: number, other: number): number {
  return one === other ? 0.5 : one > other ? 0.72 : 0.28;
}

/** How an edge fares: colour follows it. */
export function healthOf({ totals, rate, errorShare, errorRate, oldestMs, retryRate }: EdgeView): Health {
  if (errorShare >= 0.05 || oldestMs >= 10_000) return "bad";
  if (errorRate > 0 || retryRate > 0 || oldestMs >= 1_000) return "slow";
  return rate > 0 || Object.keys(totals.sent).length > 0 ? "fine" : "idle";
}

/** The width of a stroke: a tenfold rate adds three pixels. */
export function strokeOf(rate: number): number {
  return Math.min(14, 1.5 + 3 * Math.log10(1 + rate));
}

/** Of each pair of roles, what is drawn between them: a lane for each message that was ever sent, one for all others. */
function lanesOf(edges: readonly EdgeView[]): Map<string, Lane[]> {
  const pairs = new Map<string, Lane[]>();
  const add = (lane: Lane) => {
    const pair = [lane.from, lane.to].sort().join("\0");
    pairs.set(pair, [...(pairs.get(pair) ?? []), lane]);
  };
  const silent = new Map<string, EdgeView[]>();
  for (const edge of edges) {
    const hasSpoken = Object.keys(edge.totals.sent).length > 0 || edge.rate > 0;
    const key = `${edge.from}\0${edge.to}`;
    if (hasSpoken) add({ key: `${key}\0${edge.name}`, from: edge.from, to: edge.to, edge });
    else silent.set(key, [...(silent.get(key) ?? []), edge]);
  }
  for (const [key, all] of silent) {
    const [{ from, to }] = all as [EdgeView];
    add({ key: `${key}\0`, from, to, names: all.map(({ name }) => name) });
  }
  for (const lanes of pairs.values()) lanes.sort((x, y) => order(x).localeCompare(order(y)));
  return pairs;
}

/** One direction after the other, the silent ones at the rim. */
function order({ from, edge, names }: Lane): string {
  return edge ? `${from}\0${edge.name}` : `${from}\uffff${names?.length}`;
}

function placeNodes(
  roles: readonly RoleView[],
  ranks: ReadonlyMap<string, number>,
  lanes: ReadonlyMap<string, Lane[]>,
  size: { readonly width: number; readonly height: number },
  isVertical: boolean,
): MapNode[] {
  const columns: RoleView[][] = [];
  for (const role of roles) {
    const rank = ranks.get(role.role) ?? 0;
    const column = columns[rank] ?? [];
    columns[rank] = [...column, role];
  }
  const demand = ({ role }: RoleView) => {
    let most = 0;
    for (const [pair, inPair] of lanes) if (pair.split("\0").includes(role)) most = Math.max(most, inPair.length);
    return Math.max(node.height + node.gap, most * laneGap + 18);
  };
  return isVertical ? inRows(columns, lanes, size) : inColumns(columns, demand, size);
}

function inColumns(
  columns: readonly RoleView[][],
  demand: (role: RoleView) => number,
  size: { readonly width: number; readonly height: number },
): MapNode[] {
  const totals = columns.map((column) => column.reduce((sum, role) => sum + demand(role), 0));
  const height = Math.max(size.height, Math.max(0, ...totals) + 2 * margin);
  const gaps = columns.length - 1;
  const width = Math.max(
    node.least,
    Math.min(node.width, (size.width - 2 * margin - gaps * columnGap) / columns.length),
  );
  const side = width === node.least ? leastMargin : margin;
  const free = size.width - 2 * side - columns.length * width;
  const step = gaps > 0 ? width + Math.max(leastColumnGap, Math.min(520, free / gaps)) : 0;
  const used = step * gaps + width;
  const left = Math.max(side, (size.width - used) / 2);
  return columns.flatMap((column, rank) => {
    const total = totals[rank] ?? 0;
    // Room that is left is shared out, so that a large screen is used.
    const spread = Math.min(90, Math.max(0, (height - 2 * margin - total) / (column.length + 1)));
    let y = (height - total - spread * (column.length - 1)) / 2;
    return column.map((role) => {
      const place = demand(role);
      const at = {
        role,
        x: left + rank * step,
        y: y + (place - node.height) / 2,
        width,
        height: node.height,
      };
      y += place + spread;
      return at;
    });
  });
}

function inRows(
  rows: readonly RoleView[][],
  lanes: ReadonlyMap<string, Lane[]>,
  size: { readonly width: number },
): MapNode[] {
  const widest = Math.max(1, ...rows.map(({ length }) => length));
  const perRow = Math.min(widest, Math.max(1, Math.floor((size.width - 2 * 12) / 150)));
  const width = Math.min(node.width, (size.width - 24 - (perRow - 1) * 16) / perRow);
  const most = Math.max(1, ...[...lanes.values()].map(({ length }) => length));
  const between = Math.min(200, 84 + most * 8);
  const lines = rows.flatMap((row) =>
    Array.from({ length: Math.ceil(row.length / perRow) }, (_, line) => row.slice(line * perRow, (line + 1) * perRow)),
  );
  return lines.flatMap((line, index) => {
    const used = line.length * width + (line.length - 1) * 16;
    const left = (size.width - used) / 2;
    return line.map((role, at) => ({
      role,
      x: left + at * (width + 16),
      y: 16 + index * (node.height + between),
      width,
      height: node.height,
    }));
  });
}
