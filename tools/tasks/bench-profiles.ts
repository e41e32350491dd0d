// Sums up the CPU profiles of a benchmark: `npm run bench:profiles FOLDER`.
import { run } from "../house.ts";

run("bench/src/profiles.ts", process.argv.slice(2));
