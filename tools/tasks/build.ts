// Publishable JavaScript in build/: `npm run build`, or `npm run build -- --force`.
import { buildIfStale } from "../build-tree.ts";

const wasStale = buildIfStale({ force: process.argv.includes("--force") });
console.log(wasStale ? "Built into build/." : "build/ is up to date.");
