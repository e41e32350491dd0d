// `npm run release`: docs/release.md.
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { exitCodes } from "@exosphere/process";
import { buildFolder, buildIfStale } from "../build-tree.ts";
import { manifestOf, publishable, reportFailure, root } from "../house.ts";
import { auditTrial } from "./audit.ts";
import { tarballProblems } from "./check-tarball.ts";
import { publish } from "./publish.ts";
import { releaseObstacles } from "./readiness.ts";
import { billOfMaterials } from "./sbom.ts";
import { isVersion, setVersion } from "./set-version.ts";
import { packTarballs, type Tarball } from "./tarballs.ts";
import { installTrial, type Trial, triedNodes, tryFirstApplication } from "./trial.ts";

/** The task: sets the exit code to 64 for wrong arguments, and to 1 where a release cannot be made; never rejects for those. */
export async function release(args: readonly string[]): Promise<void> {
  const unknown = args.filter((arg) => arg !== "--dry-run");
  if (unknown.length > 0) {
    console.error(`release: there is no argument '${unknown[0]}': npm run release [-- --dry-run]`);
    process.exitCode = exitCodes.usage;
    return;
  }
  try {
    await checkAndPublish(args.includes("--dry-run"));
  } catch (error) {
    reportFailure("release", error);
  }
}

/** The task `release:version`: 64 for anything but one version. */
export async function prepareVersion(args: readonly string[]): Promise<void> {
  const [version = "", ...more] = args;
  if (!isVersion(version) || more.length > 0) {
    console.error("release:version: give it one version, such as: npm run release:version 1.2.0");
    process.exitCode = exitCodes.usage;
    return;
  }
  try {
    await setVersion(root, version, new Date().toISOString().slice(0, 10));
  } catch (error) {
    return reportFailure("release:version", error);
  }
  console.log(`All packages have version ${version}. Commit, and then: git tag -a v${version} -m v${version}`);
}

async function checkAndPublish(isDryRun: boolean): Promise<void> {
  const { version } = manifestOf();
  const packageVersions = new Map(publishable.map(manifestOf).map((own) => [own.name, own.version]));
  const obstacles = releaseObstacles({ root, version, packageVersions });
  if (!isDryRun) refuseIf(obstacles);
  const tarballs = await checkedTarballs(version);
  console.log(`\n${isDryRun ? "Would publish" : "Publishing"}, in this order:`);
  for (const tarball of tarballs) console.log(`  ${row(tarball)}`);
  if (!isDryRun) await publish(tarballs, { cwd: root }, (line) => console.log(line));
  for (const obstacle of obstacles) console.log(`Without --dry-run this is refused: ${obstacle}`);
}

/** Packs everything into build/release, checks and tries it. Throws an Error that lists all problems. */
async function checkedTarballs(version: string): Promise<Tarball[]> {
  const folder = join(buildFolder, "release", version);
  console.log("Packing …");
  // First, as it puts another folder in the place of build/.
  buildIfStale();
  const trialFolder = mkdtempSync(join(tmpdir(), "exosphere-release-"));
  try {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const tarballs = await packTarballs(folder);
    console.log(`Checking ${tarballs.length} packages with publint and Are the types wrong? …`);
    const problems = (await Promise.all(tarballs.map(tarballProblems))).flat();
    const trials: Trial[] = [];
    for (const node of triedNodes) trials.push(await tryOn(node, join(trialFolder, node), tarballs));
    const [latest] = trials.slice(-1) as [Trial];
    const bom = join(folder, `exosphere-${version}.cdx.json`);
    writeFileSync(bom, await billOfMaterials(latest));
    console.log(`Bill of materials: ${relative(root, bom)}`);
    const audit = await auditTrial(latest);
    if (audit.kind === "skipped") console.log(`npm audit is skipped: ${audit.why}`);
    else if (audit.problems.length === 0) console.log("npm audit: no known vulnerabilities");
    refuseIf([...problems, ...(audit.kind === "done" ? audit.problems : [])]);
    return tarballs;
  } finally {
    rmSync(trialFolder, { recursive: true, force: true });
  }
}

async function tryOn(version: string, folder: string, tarballs: readonly Tarball[]): Promise<Trial> {
  console.log(`Installing on Node ${version}, and starting the first application …`);
  const trial = await installTrial(folder, tarballs, version);
  await tryFirstApplication(trial).catch((error: Error) => {
    throw new Error(`on Node ${version}: ${error.message}`);
  });
  return trial;
}

function refuseIf(problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(problems.join("\n"));
}

function row({ name, version, file }: Tarball): string {
  return `${`${name}@${version}`.padEnd(36)} ${Math.ceil(statSync(file).size / 1024)} KB`;
}
