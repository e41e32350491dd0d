// The benchmark: `npm run bench -- --help`.
import { buildIfStale } from "../build-tree.ts";
import { run } from "../house.ts";

// What is measured is what users run.
buildIfStale();
run("bench/src/main.ts", process.argv.slice(2));
