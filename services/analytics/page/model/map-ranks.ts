import type { EdgeView } from "../../src/core/bus-view.ts";

/** Who speaks to whom. */
type Edge = Pick<EdgeView, "from" | "to" | "name"> & { readonly isReply?: boolean };

/**
 * In which column of the map each role stands: those that begin conversations at the left, then those that they speak to, and so
 * on. Replies do not count, where they are known; roles that nobody is connected with stand last.
 */
export function ranksOf(roles: readonly string[], edges: readonly Edge[]): ReadonlyMap<string, number> {
  const asks = asksOf(edges);
  const ranks = new Map<string, number>();
  for (const island of islandsOf(roles, edges)) {
    let frontier = [...beginnersOf(island, asks)];
    for (let rank = 0; frontier.length > 0; rank += 1) {
      for (const role of frontier) ranks.set(role, rank);
      const next = new Set<string>();
      for (const role of frontier) {
        for (const { from, to } of asks) if (from === role && !ranks.has(to)) next.add(to);
      }
      // Whoever only ever answers, or speaks to those that are placed already.
      if (next.size === 0) {
        for (const { from, to } of edges) {
          if (ranks.has(to) && island.has(from) && !ranks.has(from)) next.add(from);
          if (ranks.has(from) && island.has(to) && !ranks.has(to)) next.add(to);
        }
      }
      frontier = [...next].filter((role) => !ranks.has(role));
    }
  }
  return ranks;
}

/** Replies lead back: they are told from what is asked by what was seen, and at first by how they are called. */
function asksOf(edges: readonly Edge[]): Edge[] {
  const isAnswer = (edge: Edge) => edge.isReply || readsLikeAnswer(edge.name);
  const asking = new Set(edges.filter((edge) => !isAnswer(edge)).map(({ from, to }) => `${from}\0${to}`));
  return edges.filter((edge) => edge.from !== edge.to && !(isAnswer(edge) && asking.has(`${edge.to}\0${edge.from}`)));
}

/** "users.created", "user not found", "order.details": no more than a hint for where a role is drawn. */
export function readsLikeAnswer(name: string): boolean {
  return /(ed|found|details|results?|response|reply|ok|failure|error)$/i.test(name);
}

/** Those that nobody asks; else those with the most partners, and of these the first by name. */
function beginnersOf(island: ReadonlySet<string>, asks: readonly Edge[]): string[] {
  const inside = asks.filter(({ from, to }) => island.has(from) && island.has(to));
  const asked = new Set(inside.map(({ to }) => to));
  const asking = new Set(inside.map(({ from }) => from));
  const beginners = [...island].filter((role) => !asked.has(role) && asking.has(role));
  if (beginners.length > 0) return beginners;
  const partners = (role: string) =>
    new Set(inside.flatMap(({ from, to }) => (from === role ? [to] : to === role ? [from] : []))).size;
  const most = Math.max(0, ...[...island].map(partners));
  return [...island].filter((role) => partners(role) === most).slice(0, 1);
}

/** Roles that are connected with each other, the largest group first. */
function islandsOf(roles: readonly string[], edges: readonly Edge[]): Set<string>[] {
  const islands: Set<string>[] = [];
  const placed = new Set<string>();
  for (const role of roles) {
    if (placed.has(role)) continue;
    const island = new Set([role]);
    for (const each of island) {
      for (const { from, to } of edges) {
        if (from === each) island.add(to);
        if (to === each) island.add(from);
      }
    }
    for (const each of island) placed.add(each);
    islands.push(island);
  }
  return islands.sort((a, b) => b.size - a.size);
}
