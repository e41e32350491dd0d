/** " (did you mean --port?)" for a name that is close to a known one, else "". */
export function didYouMean(name: string, known: readonly string[]): string {
  const bound = Math.max(name.length > 3 ? 2 : 1, Math.floor(name.length / 3));
  const ranked = known
    .map((candidate) => ({ candidate, steps: stepsBetween(name, candidate) }))
    .filter(({ candidate, steps }) => steps <= bound || (name.length > 4 && candidate.startsWith(name)))
    .sort((left, right) => left.steps - right.steps);
  return ranked[0] ? ` (did you mean ${ranked[0].candidate}?)` : "";
}

/** Letters to insert, remove or replace to make one text from another (Levenshtein). */
function stepsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (letter === to[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
