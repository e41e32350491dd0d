// The benchmark: `npm run bench -- --help`.
import { join } from "node:path";
import { buildFolder, buildIfStale } from "../build-tree.ts";
import { root, run } from "../house.ts";

// What is measured is what users run: built JavaScript, and compiled code from the last run.
buildIfStale();
process.env.EXO_BENCH_BUILD = buildFolder;
process.env.NODE_COMPILE_CACHE ??= join(root, "node_modules", ".cache", "compile");
run("bench/src/main.ts", process.argv.slice(2));
