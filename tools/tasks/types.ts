// Type check of everything, tests and tools included.
import { installed, run } from "../house.ts";

run(installed("typescript/bin/tsc"), ["-p", "tsconfig.json"]);
