import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { LocalRegistry } from "./local-registry.ts";
import { cleanEnvironment, npm } from "./npm.ts";
import type { Tarball } from "./tarballs.ts";

/** Versions of Node on which a release is tried: the oldest line that is supported, and the one that is developed on. */
export const triedNodes = ["22.23.5", "24.21.0"] as const;

/** How long the first application may take to be ready and to end, in ms. */
const patienceMs = 60_000;

/** An empty project into which the packages were installed by their names. */
export interface Trial {
  /** Absolute path. */
  readonly project: string;
  /** Absolute path of the Node that is used there. */
  readonly node: string;
}

/**
 * Installs packed packages into an empty project with a version of Node, as a user would from the registry.
 *
 * @param folder absolute path of the project, which is made
 * @throws NpmError if npm cannot install them
 */
export async function installTrial(folder: string, tarballs: readonly Tarball[], version: string): Promise<Trial> {
  const project = join(folder, "project");
  mkdirSync(project, { recursive: true });
  const node = await installNode(join(folder, "node"), version);
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "exosphere", version: tarballs[0]?.version }));
  const registry = await LocalRegistry.start(tarballs);
  try {
    const options = ["--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error", ...registry.npmArgs];
    await npm(["install", ...options, ...tarballs.map(({ name }) => name)], { cwd: project, node });
  } finally {
    await registry.close();
  }
  return { project, node };
}

/** Installs a version of Node, and returns the path of its program. Where npm has none for the platform, it is the one that runs this. */
async function installNode(folder: string, version: string): Promise<string> {
  if (process.platform !== "linux") return process.execPath;
  const name = `node-linux-${process.arch}`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), "{}");
  const options = ["--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error", "--ignore-scripts"];
  await npm(["install", ...options, `${name}@${version}`], { cwd: folder });
  return join(folder, "node_modules", name, "bin", "node");
}

/**
 * Writes and starts the first application that a user meets, sends it the request that it shows, and ends it.
 *
 * @throws Error with its output if it does not start, does not answer well, or does not end with 0
 */
export async function tryFirstApplication({ project, node }: Trial): Promise<void> {
  const command = [node, join(project, "node_modules/@exosphere/cli/src/bin.js")] as const;
  const env = { ...cleanEnvironment(node), HOME: project };
  const application = makeFirstApplication(command, project, env);
  const exo = spawn(command[0], [command[1], "run", application], {
    cwd: project,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  const ended = new Promise<number | null>((done) => exo.on("close", done));
  const shown = new Promise<string>((done) => {
    for (const stream of [exo.stdout, exo.stderr])
      createInterface({ input: stream }).on("line", (line) => {
        lines.push(line);
        if (/^ *curl .*\/v1\/request\//.test(line)) done(line);
      });
  });
  const killing = setTimeout(() => exo.kill("SIGKILL"), patienceMs);
  try {
    const line = await Promise.race([shown, ended.then(() => Promise.reject(new Error("it ended by itself")))]);
    const [, body, url = ""] = /curl -d '(.*)' (http:\S+)/.exec(line) ?? [];
    const response = await fetch(url, { method: "POST", ...(body !== undefined && { body }) });
    if (!response.ok) throw new Error(`it answers ${response.status}: ${await response.text()}`);
    exo.kill("SIGINT");
    const code = await ended;
    if (code !== 0) throw new Error(`it ended with ${code}`);
  } catch (cause) {
    exo.kill("SIGKILL");
    throw new Error(`The first application failed: ${(cause as Error).message}\n${lines.join("\n")}`, { cause });
  } finally {
    clearTimeout(killing);
  }
}

/** Writes it as its user does, by `exo init`. Returns the folder. */
function makeFirstApplication(exo: readonly [string, string], project: string, env: NodeJS.ProcessEnv): string {
  const application = join(project, "first-application");
  const { status, stderr } = spawnSync(exo[0], [exo[1], "init", application], { cwd: project, env, encoding: "utf8" });
  if (status !== 0) throw new Error(`'exo init' failed: ${stderr}`);
  return application;
}
