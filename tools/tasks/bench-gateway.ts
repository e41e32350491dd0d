// What connected clients cost the gateway: `npm run bench:gateway`.
import { run } from "../house.ts";

run("bench/src/gateway/main.ts", process.argv.slice(2));
