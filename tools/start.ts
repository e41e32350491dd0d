import { join } from "node:path";
import { buildIfStale, keepCompiledCode } from "./build-tree.ts";
import { root } from "./house.ts";

/** Runs the example application, or the one in a folder that is named first. Ctrl-C stops every process. */
export function start(given: readonly string[]): void {
  const hasFolder = given[0] !== undefined && !given[0].startsWith("-");
  const args = hasFolder ? given : [join("examples", "space-tweet"), ...given];

  // Built JavaScript and compiled code from the last run: the processes are up in half the time.
  buildAloud();
  console.error(`Starting ${args[0]} …`);
  keepCompiledCode();

  // Takes the place of this process, so that signals and the exit code need not be passed on. (A terminal's Ctrl-C, and the
  // same once more from npm and run.mjs, come to `exo run`, which takes repeats within a second for one.)
  const exo = join(root, "build", "sdk", "cli", "src", "bin.js");
  process.execve?.(process.execPath, [process.execPath, exo, "run", ...args], process.env);
}

/** Builds what is stale. On a busy machine that takes a minute, so each step is announced. */
function buildAloud(): void {
  const startedMs = performance.now();
  const built = buildIfStale({ onStep: (step) => console.error(`Building: ${step} …`) });
  if (built) console.error(`Built in ${Math.round((performance.now() - startedMs) / 1000)} s.`);
}
