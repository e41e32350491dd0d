import type { RoleView } from "../../src/core/bus-view.ts";
import { laneGap } from "./map-curves.ts";
import type { Lane, MapNode } from "./map-elements.ts";

/** Sizes in pixels. */
const node = { width: 184, least: 140, height: 92, gap: 44 };
/** Between the map and its rim, and the least. */
export const [margin, leastMargin] = [28, 16];
/** Between columns, in pixels: room for a name and its rate, and the least, for a name. Below that, the map is scrolled. */
const [columnGap, leastColumnGap] = [176, 124];

/** Places the roles: those of one rank below each other in a column, or beside each other in a row. */
export function placeNodes(
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
