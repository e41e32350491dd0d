// Compares the last result of the benchmark with the goals: `npm run bench:check`.
import { run } from "../house.ts";

run("bench/src/check.ts", process.argv.slice(2));
