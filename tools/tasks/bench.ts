// The benchmark: `npm run bench -- --seconds 2`.
import { run } from "../house.ts";

run("bench/src/main.ts", process.argv.slice(2));
