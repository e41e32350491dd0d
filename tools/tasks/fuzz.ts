// The fuzzer of all edges: `npm run fuzz -- --seconds 600 --seed 7`.
import { run } from "../house.ts";

run("sidecar/test/fuzz/main.ts", process.argv.slice(2));
