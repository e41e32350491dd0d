// Whether others get through while one client misbehaves: `npm run bench:fairness`.
import { run } from "../house.ts";

run("bench/src/fairness/main.ts", process.argv.slice(2));
