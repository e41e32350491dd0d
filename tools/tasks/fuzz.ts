// The fuzzer of all edges: `npm run fuzz -- --seconds 600 --seed 7`.
import { run } from "../house.ts";

run("e2e/fuzz/main.ts", process.argv.slice(2));
