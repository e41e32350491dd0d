// Makes the single executables: `npm run build:binaries`.
//
// One file has Node, the program of all commands and everything that they read at run time. It is called `exo`; the other names are hard
// links to it, as five files of their own would have Node five times.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import { binariesFolder, buildFolder } from "../build-tree.ts";
import { makeBundles } from "../bundle.ts";
import { installed, manifestOf, reportFailure, root } from "../house.ts";
import { bundleProgram } from "./bundle-program.ts";
import { recordCode, v8Flags } from "./code-cache.ts";
import { licencesOf } from "./licences.ts";

/** Names of the commands, which are those of @exosphere/cli. The first is a file, the others are links to it. */
export const binaries = ["exo", "exo-analytics", "exo-gateway", "exo-injector", "exo-sidecar", "exocom"] as const;

/** What Node looks for in itself: https://nodejs.org/api/single-executable-applications.html */
const fuse = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

/**
 * Makes the executables in `build/binaries`, for the platform and with the Node that run this.
 *
 * @param onStep called before each step with what it does
 * @throws Error if they cannot be made
 */
export async function buildBinaries(onStep: (step: string) => void = () => {}): Promise<void> {
  if (process.platform !== "linux") throw new Error("Single executables are made on Linux only, for now.");
  const work = join(root, "node_modules", `.exosphere-binaries-${process.pid}`);
  try {
    rmSync(work, { recursive: true, force: true });
    mkdirSync(work, { recursive: true });
    onStep("bundling");
    makeBundles();
    const { parts, modules } = await bundleProgram();
    for (const { name, code } of parts) writeFileSync(join(work, name), code);
    const files = [...parts.map(({ name }) => name), ...embedOthers(work)];
    onStep("compiling");
    for (const [name, code] of await recordCode(work)) {
      writeFileSync(join(work, `${name}.cache`), code);
      files.push(`${name}.cache`);
    }
    onStep("putting it into Node");
    const made = join(work, "binaries");
    mkdirSync(made);
    makeExecutable(work, files, join(made, binaries[0]));
    for (const name of binaries.slice(1)) linkSync(join(made, binaries[0]), join(made, name));
    writeFileSync(join(made, "licences.txt"), licencesOf(modules));
    rmSync(binariesFolder, { recursive: true, force: true });
    mkdirSync(buildFolder, { recursive: true });
    renameSync(made, binariesFolder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** What the program reads of `embeddedFile` and `embeddedFiles` in @exosphere/process. Returns the names. */
function embedOthers(work: string): string[] {
  const page = join(root, "services/analytics/dist");
  const pageFiles = readdirSync(page).map((name) => `page/${name}`);
  cpSync(page, join(work, "page"), { recursive: true });
  cpSync(join(root, "proto/src/gen/descriptors.binpb"), join(work, "descriptors.binpb"));
  writeFileSync(join(work, "version"), manifestOf().version);
  writeFileSync(join(work, "files.json"), JSON.stringify(pageFiles));
  return ["version", "files.json", "descriptors.binpb", ...pageFiles];
}

function makeExecutable(work: string, files: readonly string[], target: string): void {
  const blob = join(work, "program.blob");
  const config = {
    main: join(root, "tools/binaries/loader.cjs"),
    output: blob,
    disableExperimentalSEAWarning: true,
    execArgv: [...v8Flags, "--disable-warning=ExperimentalWarning"],
    assets: Object.fromEntries(files.map((name) => [name, join(work, name)])),
  };
  writeFileSync(join(work, "sea.json"), JSON.stringify(config));
  const { status, stderr } = spawnSync(process.execPath, ["--experimental-sea-config", join(work, "sea.json")], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`Node did not take the program: ${stderr}`);
  cpSync(process.execPath, target);
  chmodSync(target, 0o755);
  // Names of Node's own functions, for its debuggers: 18 MB. Where there are no binutils, they stay.
  spawnSync("strip", ["--strip-all", target], { stdio: "ignore" });
  // It warns of what `strip` took away, a line for each.
  const postject = [installed("postject/dist/cli.js"), target, "NODE_SEA_BLOB", blob, "--sentinel-fuse", fuse];
  const injected = spawnSync(process.execPath, postject, { encoding: "utf8" });
  if (injected.status !== 0) throw new Error(`The program could not be put into Node: ${injected.stderr}`);
}

/** `npm run build:binaries`: says what it does, what it made and how large that is. */
export async function buildBinariesAloud(): Promise<void> {
  const startedMs = performance.now();
  try {
    await buildBinaries((step) => console.error(`Making executables: ${step} …`));
  } catch (error) {
    return reportFailure("build:binaries", error);
  }
  const megabytes = Math.round(statSync(join(binariesFolder, binaries[0])).size / 1e6);
  const seconds = Math.round((performance.now() - startedMs) / 1000);
  console.log(
    `${relative(root, binariesFolder)}: ${binaries.join(", ")}, one file of ${megabytes} MB, in ${seconds} s.`,
  );
}
