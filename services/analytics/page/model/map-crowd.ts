import type { RoleView } from "../../src/core/bus-view.ts";
import type { MapNode } from "./map-elements.ts";

/** So many roles are a crowd: each gets a small card, and lines have names only where somebody looks. */
export const crowd = 13;

/** A small card, and what is between two, in pixels. */
const card = { width: 152, height: 50, besides: 28, below: 16 };

/** Between two ranks, in pixels: room for the lines. */
const rankGap = 84;

const rim = 20;

/**
 * Places many roles so that the whole map is as large in a window as it can be: the roles of a rank stand in as many columns as that
 * takes, those with the same beginning of their name together. Where a role stands depends on names alone, never on rates.
 */
export function placeCrowd(
  roles: readonly RoleView[],
  ranks: ReadonlyMap<string, number>,
  size: { readonly width: number; readonly height: number },
): MapNode[] {
  const columns: RoleView[][] = [];
  for (const role of roles) {
    const rank = ranks.get(role.role) ?? 0;
    columns[rank] = [...(columns[rank] ?? []), role];
  }
  const filled = columns.filter((column) => column !== undefined).map((column) => column.toSorted(byFamily));
  const longest = Math.max(1, ...filled.map(({ length }) => length));
  let rows = longest;
  for (let tried = 1; tried <= longest; tried += 1)
    if (scaleOf(filled, tried, size) > scaleOf(filled, rows, size)) rows = tried;
  return placed(filled, rows);
}

/** What a role's name begins with, by which it belongs to others: `users` of `users.mail` and `users-archive`. */
export function familyOf(role: string): string {
  return /^[^.:/_-]+/.exec(role)?.[0] ?? role;
}

function byFamily({ role: one }: RoleView, { role: other }: RoleView): number {
  return compare(familyOf(one), familyOf(other)) || compare(one, other);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function placed(columns: readonly RoleView[][], rows: number): MapNode[] {
  const { width, height } = card;
  const tallest = Math.min(rows, Math.max(1, ...columns.map(({ length }) => length)));
  let left = rim;
  return columns.flatMap((column) => {
    const across = Math.ceil(column.length / rows);
    // Shared out evenly, so that no column ends with a single role.
    const perColumn = Math.ceil(column.length / Math.max(1, across));
    const nodes = column.map((role, index): MapNode => {
      const at = Math.floor(index / perColumn);
      const inColumn = Math.min(perColumn, column.length - at * perColumn);
      const top = rim + ((tallest - inColumn) * (height + card.below)) / 2;
      const x = left + at * (width + card.besides);
      return { role, x, y: top + (index % perColumn) * (height + card.below), width, height };
    });
    left += across * (width + card.besides) - card.besides + rankGap;
    return nodes;
  });
}

/** How large the map would be in the window with so many rows: 1 is as it is drawn. */
function scaleOf(
  columns: readonly RoleView[][],
  rows: number,
  size: { readonly width: number; readonly height: number },
): number {
  const across = columns.map(({ length }) => Math.ceil(length / rows));
  const width = across.reduce((sum, count) => sum + count * (card.width + card.besides) - card.besides, 0);
  const height = Math.min(rows, Math.max(1, ...columns.map(({ length }) => length))) * (card.height + card.below);
  return Math.min(size.width / (width + (columns.length - 1) * rankGap + 2 * rim), size.height / (height + 2 * rim));
}
