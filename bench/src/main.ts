// `npm run bench [-- --help]`: everything beside its peers, in one run and one table.
import { blocksOf } from "./report/blocks.ts";
import { saveResult } from "./report/files.ts";
import { goalBlock } from "./report/goal-block.ts";
import { textTable } from "./report/text-table.ts";
import { runBenchmark } from "./run/benchmark.ts";
import { help, type RunOptions, readOptions } from "./run/options.ts";

let options: RunOptions | undefined;
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  console.error((error as Error).message);
  process.exit(64);
}
if (options) await measure(options);
else console.log(help);

async function measure(wanted: RunOptions): Promise<void> {
  const startMs = performance.now();
  const seconds = () => ((performance.now() - startMs) / 1000).toFixed(0).padStart(4);
  const result = await runBenchmark(wanted, (text) => console.error(`${seconds()} s  ${text}`));
  for (const { subject, install } of result.absent) console.error(`${subject} was not measured: ${install}`);
  console.log(`\n${textTable([...blocksOf(result), goalBlock(result)])}\n`);
  if (wanted.profile) return;
  saveResult(result, wanted.out);
  console.log(`${seconds().trim()} s. Saved in ${wanted.out}; 'npm run bench:docs' puts it into docs/performance.md.`);
}
