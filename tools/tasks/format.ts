// Formats everything and mends what Biome can mend.
import { installed, run } from "../house.ts";

run(installed("@biomejs/biome/bin/biome"), ["check", "--write", ...process.argv.slice(2)]);
