import type { Lane, MapNode } from "./map-elements.ts";

/** The most between two ends at a role, in pixels. */
const mostGap = 11;
/** Room above and below the ends, in pixels. */
const rim = 16;

/**
 * How far from the middle of each role its lanes end, by `<lane> <role>`: in the order in which the other roles stand, so that
 * lanes do not cross where they part.
 */
export function portsOf(
  lanes: ReadonlyMap<string, readonly Lane[]>,
  nodes: ReadonlyMap<string, MapNode>,
): Map<string, number> {
  const sides = new Map<string, { key: string; height: number; order: number; other: number }[]>();
  for (const inPair of lanes.values()) {
    inPair.forEach(({ key, from, to }, order) => {
      const [a, b] = [nodes.get(from), nodes.get(to)];
      if (!a || !b || a.x === b.x) return;
      for (const [node, other] of [
        [a, b],
        [b, a],
      ] as const) {
        const side = `${node.role.role} ${other.x > node.x ? "right" : "left"}`;
        const end = { key: `${key} ${node.role.role}`, height: node.height, order, other: other.y };
        sides.set(side, [...(sides.get(side) ?? []), end]);
      }
    });
  }
  const ports = new Map<string, number>();
  for (const ends of sides.values()) {
    ends.sort((one, two) => one.other - two.other || one.order - two.order);
    const gap = Math.min(mostGap, ((ends[0]?.height ?? 0) - 2 * rim) / Math.max(1, ends.length - 1));
    ends.forEach(({ key }, index) => {
      ports.set(key, (index - (ends.length - 1) / 2) * gap);
    });
  }
  return ports;
}
