// Format and lint, by Biome.
import { installed, run } from "../house.ts";

run(installed("@biomejs/biome/bin/biome"), ["check", "--error-on-warnings", ...process.argv.slice(2)]);
