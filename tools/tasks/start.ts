// Runs the example application: `npm start`, or `npm start -- FOLDER` for another one. Ctrl-C stops every process.
import { join } from "node:path";
import { buildIfStale } from "../build-tree.ts";
import { root } from "../house.ts";

const given = process.argv.slice(2);
const args = given.some((arg) => !arg.startsWith("-")) ? given : [join("examples", "space-tweet"), ...given];

// Built JavaScript and compiled code from the last run: the processes are up in half the time.
buildIfStale();
process.env.NODE_COMPILE_CACHE ??= join(root, "node_modules", ".cache", "compile");

// Takes the place of this process, so that signals and the exit code need not be passed on.
const exo = join(root, "build", "sdk", "cli", "src", "bin.js");
process.execve?.(process.execPath, [process.execPath, exo, "run", ...args], process.env);
