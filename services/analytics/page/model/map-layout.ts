import type { EdgeView, RoleView } from "../../src/core/bus-view.ts";
import { rate } from "./format.ts";
import { crowd, placeCrowd } from "./map-crowd.ts";
import { curveAcross, curveDown } from "./map-curves.ts";
import type { Health, Lane, MapEdge, MapLayout, MapNode, QuietBundle } from "./map-elements.ts";
import { labelText, spreadLabels } from "./map-labels.ts";
import { leastMargin, margin, placeNodes } from "./map-nodes.ts";
import { portsOf } from "./map-ports.ts";
import { ranksOf } from "./map-ranks.ts";

/** Below this width, columns become rows. */
const narrow = 640;

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
  const isCrowd = !isVertical && roles.length >= crowd;
  const nodes = isCrowd ? placeCrowd(roles, ranks, size) : placeNodes(roles, ranks, lanes, size, isVertical);
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
  if (!isCrowd) separate([...drawn, ...quiet], nodes);
  const right = isVertical ? 0 : Math.max(0, ...nodes.map(({ x, width }) => x + width)) + leastMargin;
  const bottom = Math.max(
    0,
    ...nodes.map(({ y, height }) => y + height),
    ...(isCrowd ? [] : drawn).map(({ label }) => label.y + 14),
  );
  return {
    // A crowd is shown as a whole: what is around it would only make it smaller.
    width: isCrowd ? right : Math.max(size.width, right),
    height: isCrowd ? bottom + margin : Math.max(size.height, bottom + margin),
    isVertical,
    isCrowd,
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
