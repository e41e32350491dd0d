// Puts the last result of the benchmark into docs/performance.md: `npm run bench:docs`.
import { run } from "../house.ts";

run("bench/src/docs.ts", process.argv.slice(2));
