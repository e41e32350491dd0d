// Runs the example application: `npm start`, or `npm start -- FOLDER` for another one. Ctrl-C stops every process.
import { join } from "node:path";
import { buildIfStale } from "../build-tree.ts";
import { root } from "../house.ts";

const given = process.argv.slice(2);
const hasFolder = given[0] !== undefined && !given[0].startsWith("-");
const args = hasFolder ? given : [join("examples", "space-tweet"), ...given];

// Built JavaScript and compiled code from the last run: the processes are up in half the time.
buildIfStale();
process.env.NODE_COMPILE_CACHE ??= join(root, "node_modules", ".cache", "compile");

// Takes the place of this process, so that signals and the exit code need not be passed on. (A terminal's Ctrl-C, and the
// same once more from npm and run.mjs, come to `exo run`, which takes repeats within a second for one.)
const exo = join(root, "build", "sdk", "cli", "src", "bin.js");
process.execve?.(process.execPath, [process.execPath, exo, "run", ...args], process.env);
