import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { areBundled, makeBundles } from "./bundle.ts";
import { fingerprint } from "./fingerprint.ts";
import { call, files, installed, manifestOf, publishable, root } from "./house.ts";
import { publishedManifest } from "./manifest.ts";
import { publishedReadme } from "./published-readme.ts";
import { isTestFile } from "./test-files.ts";

/** Where the built JavaScript is: `build/<workspace>` mirrors `<workspace>`. */
export const buildFolder = join(root, "build");

/** Where the single executables are. */
export const binariesFolder = join(buildFolder, "binaries");

const stampFile = ".fingerprint";

/** Makes the processes below keep compiled code for their next run, as installed ones do. */
export function keepCompiledCode(): void {
  process.env.NODE_COMPILE_CACHE ??= join(root, "node_modules", ".cache", "compile");
}

/** What is copied as it is: what a program reads at run time beside its code, and what a package shows of itself. */
const assetPatterns = [
  "src/**/*",
  "dist/**/*",
  "exosphere/**/*.proto",
  "schemas/*.json",
  "service.yml",
  "start.js",
  "README.md",
];

/** How a build is made. */
export interface BuildOptions {
  /** Builds even if nothing has changed. */
  readonly force?: boolean;
  /** Called before each step of the build with what it does, such as "compiling". Not called if nothing has to be built. */
  readonly onStep?: (step: string) => void;
}

/**
 * Builds everything publishable into `build/`, unless what is there was built from the very same sources. The built
 * tree runs in place and can be packed folder by folder. Says whether it had to build.
 *
 * @throws Error if the sources do not compile
 */
export function buildIfStale(options: BuildOptions = {}): boolean {
  const sources = fingerprint(sourceFiles());
  if (!options.force && stamp() === sources && areBundled()) return false;
  // Beside what runs from build/ right now, and on the same file system, so that a rename puts it in place.
  const next = join(root, "node_modules", `.exosphere-build-${process.pid}`);
  try {
    options.onStep?.("compiling");
    compile(next);
    options.onStep?.("bundling the packages");
    bundlePackages(next);
    options.onStep?.("bundling what browsers load");
    makeBundles();
    for (const workspace of publishable) finishPackage(workspace, next);
    linkPackages(next);
    writeFileSync(join(next, stampFile), sources);
    replaceBuild(next);
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
  return true;
}

function sourceFiles(): string[] {
  const packages = publishable.flatMap((workspace) =>
    ["package.json", "src/**/*", "page/**/*", ...assetPatterns].flatMap((pattern) => files(`${workspace}/${pattern}`)),
  );
  const own = ["package.json", "package-lock.json", "tsconfig.json", "tsconfig.build.json", "LICENSE"];
  const tools = [
    "build-tree",
    "bundle",
    "bundle-packages",
    "bundle-page",
    "manifest",
    "published-readme",
    "test-files",
  ].map((name) => `tools/${name}.ts`);
  return [...new Set([...packages, ...own, ...tools])].filter((file) => !isTestFile(file) && !file.includes("/dist/"));
}

function stamp(): string | undefined {
  const file = join(buildFolder, stampFile);
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

function compile(folder: string): void {
  const status = call(installed("typescript/bin/tsc"), ["-p", "tsconfig.build.json", "--outDir", folder]);
  if (status !== 0) throw new Error("The sources do not compile; 'npm run types' says why.");
}

/** In a process of its own, as the bundler takes its time in the background and building does not. */
function bundlePackages(folder: string): void {
  if (call(join(root, "tools/bundle-packages.ts"), [folder]) !== 0) throw new Error("The packages cannot be bundled.");
}

function finishPackage(workspace: string, folder: string): void {
  const target = join(folder, workspace);
  const assets = assetPatterns.flatMap((pattern) => files(`${workspace}/${pattern}`)).filter((file) => isAsset(file));
  for (const asset of assets) {
    mkdirSync(dirname(join(folder, asset)), { recursive: true });
    cpSync(join(root, asset), join(folder, asset));
  }
  const readme = join(target, "README.md");
  const home = manifestOf().homepage?.replace("#readme", "") ?? "";
  if (existsSync(readme)) writeFileSync(readme, publishedReadme(readFileSync(readme, "utf8"), workspace, home));
  if (existsSync(join(root, "LICENSE"))) cpSync(join(root, "LICENSE"), join(target, "LICENSE"));
  const packed = new Set(["src", ...assets.map((asset) => relative(workspace, asset).split("/")[0] ?? asset)]);
  const versions = new Map(publishable.map((other) => [manifestOf(other).name, manifestOf().version]));
  const own = manifestOf(workspace);
  const manifest = publishedManifest(own, manifestOf().version, versions, [...packed].sort());
  writeFileSync(join(target, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  const commands = Object.values(manifest.bin ?? {}).map((file) => join(target, file));
  for (const command of commands) if (existsSync(command)) chmodSync(command, 0o755);
}

/**
 * Node looks for packages from the inside out: those of the house are found here, all others in the repository's, and those of which a
 * package has a version of its own in its own folder.
 */
function linkPackages(folder: string): void {
  for (const workspace of publishable) {
    const link = join(folder, "node_modules", manifestOf(workspace).name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(relative(dirname(link), join(folder, workspace)), link);
    const own = join(root, workspace, "node_modules");
    if (existsSync(own)) symlinkSync(own, join(folder, workspace, "node_modules"));
  }
}

/** Two builds may end at the same time, of the same sources: the later one wins. */
function replaceBuild(next: string): void {
  const old = `${next}-old`;
  for (let attempt = 1; ; attempt++) {
    try {
      // Made by a task of their own, which takes longer.
      if (existsSync(binariesFolder)) renameSync(binariesFolder, join(next, "binaries"));
      if (existsSync(buildFolder)) renameSync(buildFolder, old);
      renameSync(next, buildFolder);
      break;
    } catch (error) {
      if (attempt === 3) throw error;
    } finally {
      rmSync(old, { recursive: true, force: true });
    }
  }
}

function isAsset(file: string): boolean {
  return (
    !file.endsWith(".ts") &&
    !file.endsWith("/tsconfig.json") &&
    !isTestFile(file) &&
    statSync(join(root, file)).isFile()
  );
}
