import { leaveFirstProcess } from "./first-process.ts";
import { requireNode } from "./require-node.ts";

/** How long after its start a process writes its compile cache, in milliseconds: when it has been ready for a while. */
const idleMs = 1_000;

/**
 * Lets the heap grow to five times of what is alive before all of it is swept; by itself V8 sweeps at about two. What passes through
 * here are buffers of frames outside the heap, which count towards it: with messages of 4 KiB, 6,000 a second, a sidecar with 12 MB
 * alive had all of it marked 14 times a second, and 218 us of CPU time for a request and its reply became 141. A large heap grows
 * no further than half way to its limit, as before.
 */
export const heapGrowth = "--heap-growing-percent=400";

/**
 * Runs a command: checks that Node is new enough, and loads the rest with a compile cache. For the first line of a command, before
 * it imports anything that an older Node cannot read.
 *
 * Node writes the cache as the process ends, but not if it is killed: which is how those end that have to be back soon. So it is
 * written while the process runs, too: 11 ms at the very first start, 0.1 ms at any other.
 */
export async function launch<Loaded>(load: () => Promise<Loaded>): Promise<Loaded> {
  requireNode();
  await leaveFirstProcess();
  // Not imported above: a Node that lacks one of them would not get as far as to say that it is too old.
  const { enableCompileCache, flushCompileCache } = await import("node:module");
  const { setFlagsFromString } = await import("node:v8");
  setFlagsFromString(heapGrowth);
  const { compileCacheFolder, thisUser } = await import("./compile-cache-folder.ts");
  // By itself Node takes a folder of a known name in that for temporary files, where any user may have put code for others to run.
  // NODE_COMPILE_CACHE has already been followed.
  const folder = compileCacheFolder(thisUser());
  if (folder !== undefined) enableCompileCache(folder);
  const loaded = await load();
  setTimeout(flushCompileCache, idleMs).unref();
  return loaded;
}
