// Type check of everything, tests and tools included; what runs in browsers by itself, as it has other globals.
import { installed, run } from "../house.ts";

run(installed("typescript/bin/tsc"), ["-p", "tsconfig.json"]);
run(installed("typescript/bin/tsc"), ["-p", "services/analytics/page/tsconfig.json"]);
