// What a dashboard that is open costs the bus: `npm run bench:dashboard`.
import { join } from "node:path";
import { buildFolder, buildIfStale } from "../build-tree.ts";
import { root, run } from "../house.ts";

// As for the benchmark: what users run, with compiled code from the last run.
buildIfStale();
process.env.EXO_BENCH_BUILD = buildFolder;
process.env.NODE_COMPILE_CACHE ??= join(root, "node_modules", ".cache", "compile");
run("bench/src/dashboard/main.ts", process.argv.slice(2));
