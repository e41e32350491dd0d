// `npm run bench:check`: compares the last result with the goals. Exit code 1 if any falls short, 2 if there is no result.
import { readResult, resultFolder } from "./report/files.ts";
import { measuredText, wanted } from "./report/goal-block.ts";
import { judge } from "./report/goals.ts";
import type { Result } from "./run/result.ts";

const [folder = resultFolder] = process.argv.slice(2);
let result: Result;
try {
  result = readResult(folder);
} catch {
  console.error(`There is no result in ${folder}: run 'npm run bench' first.`);
  process.exit(2);
}
const judged = judge(result);
for (const each of judged) {
  const verdict = each.isMet === undefined ? "unknown" : each.isMet ? "reached" : "SHORT";
  console.log(`${verdict.padEnd(8)} ${each.goal.title}: ${measuredText(each)}, wanted ${wanted(each)}`);
}
const short = judged.filter(({ isMet }) => isMet === false).length;
console.log(`\n${judged.filter(({ isMet }) => isMet).length} reached, ${short} fall short, ${result.machine.at}`);
process.exitCode = short > 0 ? 1 : 0;
