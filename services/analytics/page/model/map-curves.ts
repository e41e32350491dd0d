import type { MapNode } from "./map-elements.ts";

/** Between two lanes, in pixels: the height of a label, and a little. */
export const laneGap = 25;

/** Where a lane runs: which of how many between two roles, which way, and how far from the middle of each it ends. */
export interface LanePlace {
  readonly index: number;
  readonly lanes: number;
  readonly isForward: boolean;
  readonly ends: { readonly a: number; readonly b: number };
  /** How much of the way from a to b lies before the label, in height: 0 to 1. */
  readonly lean: number;
}

interface Shape {
  readonly path: string;
  readonly label: { readonly x: number; readonly y: number };
}

/** The curve of a lane between two roles, where columns stand beside each other. `width` is that of the map. */
export function curveAcross(
  a: MapNode,
  b: MapNode,
  { index, lanes, isForward, ends, lean }: LanePlace,
  width: number,
): Shape {
  if (a === b) return loop(a, index, false);
  const isLeft = a.x <= b.x;
  const [left, right] = isLeft ? [a, b] : [b, a];
  if (left.x === right.x) return beside(a, b, index, isForward, width);
  const [x1, x2] = [left.x + left.width, right.x];
  const [end1, end2] = isLeft ? [ends.a, ends.b] : [ends.b, ends.a];
  const [y1, y2] = [left.y + left.height / 2 + end1, right.y + right.height / 2 + end2];
  const center = a.y + (b.y - a.y) * lean + a.height / 2;
  const middle = center + (index - (lanes - 1) / 2) * laneGap;
  const reach = (x2 - x1) * 0.42;
  // The curve passes the middle of its lane: a cubic is there at 3/8 of each control point and 1/8 of each end.
  const control = (8 * middle - y1 - y2) / 6;
  const points = [x1, y1, x1 + reach, control, x2 - reach, control, x2, y2];
  return { path: cubic(points, isForward === isLeft), label: { x: (x1 + x2) / 2, y: middle } };
}

/** The same, where rows stand below each other. */
export function curveDown(a: MapNode, b: MapNode, { index, lanes, isForward }: LanePlace): Shape {
  if (a === b) return loop(a, index, true);
  const off = index - (lanes - 1) / 2;
  const isUpper = a.y <= b.y;
  const [upper, lower] = isUpper ? [a, b] : [b, a];
  const squeeze = Math.min(12, (upper.width - 30) / Math.max(1, lanes - 1));
  const [x1, x2] = [upper, lower].map(({ x, width }) => x + width / 2 + off * squeeze) as [number, number];
  if (upper.y === lower.y) {
    const y = upper.y + upper.height;
    return { path: cubic([x1, y, x1, y + 30, x2, y + 30, x2, y], isForward), label: { x: (x1 + x2) / 2, y: y + 24 } };
  }
  const [y1, y2] = [upper.y + upper.height, lower.y];
  const reach = (y2 - y1) * 0.45;
  const points = [x1, y1, x1, y1 + reach, x2, y2 - reach, x2, y2];
  return { path: cubic(points, isForward === isUpper), label: { x: (x1 + x2) / 2, y: (y1 + y2) / 2 } };
}

/** Two roles of one column: a bow at its right, with its label near to who sends. */
function beside(a: MapNode, b: MapNode, index: number, isForward: boolean, width: number): Shape {
  const [from, to] = isForward ? [a, b] : [b, a];
  const x = from.x + from.width;
  const bow = Math.min(70 + index * 30, Math.max(40, width - x - 16));
  const isDown = from.y < to.y;
  const [y1, y2] = [from.y + (isDown ? from.height - 12 : 12), to.y + (isDown ? 12 : to.height - 12)];
  const share = 0.4;
  const y = y1 + (y2 - y1) * (3 * share ** 2 - 2 * share ** 3);
  return { path: cubic([x, y1, x + bow, y1, x + bow, y2, x, y2], true), label: { x: x + bow * 0.55 + 56, y } };
}

/** What a role says to itself. */
function loop({ x, y, width, height }: MapNode, index: number, isAbove: boolean): Shape {
  const out = (26 + index * laneGap) * (isAbove ? -1 : 1);
  const [from, to] = [x + width * 0.35, x + width * 0.65];
  const edge = isAbove ? y : y + height;
  return {
    path: cubic([from, edge, from, edge + out, to, edge + out, to, edge], true),
    label: { x: x + width / 2, y: edge + out * 0.8 },
  };
}

function cubic(points: readonly number[], isForward: boolean): string {
  const [x1, y1, c1, d1, c2, d2, x2, y2] = points.map((value) => Math.round(value * 10) / 10);
  return isForward
    ? `M${x1} ${y1}C${c1} ${d1} ${c2} ${d2} ${x2} ${y2}`
    : `M${x2} ${y2}C${c2} ${d2} ${c1} ${d1} ${x1} ${y1}`;
}
