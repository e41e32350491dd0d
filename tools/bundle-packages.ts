// Puts the modules of each package into few files: `node tools/bundle-packages.ts <built tree>`.
//
// A process of ours loads some 180 modules of the house, and finding and linking a file takes Node 0.4 ms, whatever is in it. As a
// handful of files they cost a sidecar 100 ms of CPU time and 5 MiB less (of 240 ms and 82 MiB, Node 24.21). What is of other
// people stays where npm puts it: bundled as well it would save 20 ms and 7 MiB more, but nobody could mend a hole in it by
// updating it, and its licences would have to travel with it. Packages of the house stay apart as well, so that each has what it
// exports once, however many use it.
import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { rolldown } from "rolldown";
import { manifestOf } from "./house.ts";

/** What the processes load, and all who use the SDK. */
const bundledPackages = [
  ...["proto", "runtime/frames", "runtime/link", "runtime/collections", "runtime/message", "runtime/telemetry"],
  ...["runtime/settings", "runtime/process", "runtime/http", "runtime/application", "sdk", "sdk/cli"],
  ...["broker", "sidecar", "gateway", "exocom"],
];

const [tree = "build"] = process.argv.slice(2);

for (const workspace of bundledPackages) await bundle(resolve(tree, workspace), entriesOf(workspace));

/** What others load of a package: its exports and its commands, as built. By name within `src`, without the extension. */
function entriesOf(workspace: string): string[] {
  const { exports = {}, bin = {} } = manifestOf(workspace);
  const targets = [...Object.values(exports), ...Object.values(bin)].filter((file) => file.endsWith(".ts"));
  return [...new Set(targets.map((file) => file.replace(/^\.\/src\/(.*)\.ts$/, "$1")))];
}

/** Replaces the modules of a built package by files of the same effect: one for each entry, and what several of them share. */
async function bundle(folder: string, entries: readonly string[]): Promise<void> {
  const [from, to] = [join(folder, "src"), join(folder, "bundled")];
  const bundled = await rolldown({
    // What it writes names its files from here.
    cwd: folder,
    input: Object.fromEntries(entries.map((name) => [name, `./src/${name}.js`])),
    platform: "node",
    // All but the files of the package itself.
    external: /^[^./]/,
    logLevel: "warn",
  });
  await bundled.write({ dir: to, format: "esm", entryFileNames: "[name].js", chunkFileNames: "parts/[name].js" });
  await bundled.close();
  for (const file of scriptsIn(from)) rmSync(join(from, file));
  for (const file of scriptsIn(to)) {
    mkdirSync(dirname(join(from, file)), { recursive: true });
    renameSync(join(to, file), join(from, file));
  }
  rmSync(to, { recursive: true });
}

function scriptsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".js"));
}
