import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildFolder, buildIfStale } from "./build-tree.ts";
import { publishable } from "./house.ts";

/** Thrown where packages can be had neither from npm's cache nor from its registry. Says nothing about the packages. */
export class NoRegistry extends Error {
  override readonly name = "NoRegistry";
}

/** A folder outside the repository where the packed packages are installed, as a user would have them. */
export class InstalledPackages {
  /** The absolute path. */
  readonly folder = mkdtempSync(join(tmpdir(), "exosphere-packed-"));
  /** All that the started programs have written. */
  output = "";
  readonly #programs: ChildProcess[] = [];

  /** Builds and packs publishable workspaces, all if nothing is said, and installs the tarballs with what they depend on. */
  install(workspaces: readonly string[] = publishable): void {
    buildIfStale();
    const tarballs = join(this.folder, "tarballs");
    mkdirSync(tarballs);
    const packages = workspaces.map((workspace) => join(buildFolder, workspace));
    this.#npm("pack", "--pack-destination", tarballs, "--loglevel=error", ...packages);
    const files = readdirSync(tarballs).map((file) => `./tarballs/${file}`);
    writeFileSync(join(this.folder, "package.json"), '{"private": true}');
    this.#npm("install", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error", ...files);
  }

  /** The absolute path of a file of an installed package. */
  fileOf(packageName: string, file: string): string {
    return join(this.folder, "node_modules", packageName, file);
  }

  /** Runs a module that may import the installed packages. Returns what it prints; throws with that if it fails. */
  run(text: string): string {
    const file = join(this.folder, "module.mjs");
    writeFileSync(file, text);
    const { status, stdout, stderr } = spawnSync(process.execPath, [file], {
      env: cleanEnvironment(),
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`The module failed:\n${stdout}${stderr}`);
    return stdout;
  }

  /** Starts a command of the installed packages. `ended` fulfils with its exit code. */
  start(command: string, args: readonly string[]): { stop(): void; readonly ended: Promise<number | string> } {
    const program = spawn(join(this.folder, "node_modules", ".bin", command), args, {
      cwd: this.folder,
      env: cleanEnvironment(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#programs.push(program);
    for (const stream of [program.stdout, program.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.output += text;
      });
    }
    const ended = once(program, "exit").then(([code, signal]: (number | string)[]) => code ?? signal ?? "unknown");
    return { stop: () => program.kill("SIGTERM"), ended };
  }

  /** Waits until a process has said that this admin port is its own, and is ready. */
  async untilOnline(adminPort: number, timeoutMs = 15_000): Promise<void> {
    const giveUpAt = performance.now() + timeoutMs;
    while (!this.output.includes(`"adminPort":${adminPort},`)) {
      if (performance.now() > giveUpAt) throw new Error(`nobody took admin port ${adminPort} in ${timeoutMs} ms`);
      await sleep(50);
    }
    await untilReady(adminPort, "/readyz", timeoutMs);
  }

  /** Ends what still runs and removes the folder. */
  remove(): void {
    for (const program of this.#programs) program.kill("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }

  #npm(...args: readonly string[]): void {
    const npm = process.env.npm_execpath;
    const [command, first] = npm === undefined ? ["npm", []] : [process.execPath, [npm]];
    const { status, stderr, error } = spawnSync(command, [...first, ...args], {
      cwd: this.folder,
      env: cleanEnvironment(),
      encoding: "utf8",
    });
    if (status === 0) return;
    const why = `npm ${args[0]} failed: ${error?.message ?? stderr}`;
    throw /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ENOTCACHED/.test(stderr ?? "")
      ? new NoRegistry(why)
      : new Error(why);
  }
}

/**
 * Waits until a process answers well at a path: by default where it says that it is ready. Whose port it is must be known: one
 * that a process of another test has taken answers as well.
 */
export async function untilReady(port: number, path = "/readyz", timeoutMs = 15_000): Promise<void> {
  const giveUpAt = performance.now() + timeoutMs;
  for (;;) {
    const status = await fetch(`http://127.0.0.1:${port}${path}`).then(
      async (response) => {
        await response.arrayBuffer();
        return response.status;
      },
      () => "no answer",
    );
    if (status === 200) return;
    if (performance.now() > giveUpAt) throw new Error(`${path} on port ${port}: ${status} after ${timeoutMs} ms`);
    await sleep(50);
  }
}

/** What npm told the task that runs now, and settings of Exosphere, are not for the programs under test. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const own = /^(?:EXO|npm_package_|npm_lifecycle_|npm_config_local_prefix$|NODE_OPTIONS$|INIT_CWD$)/;
  const kept = Object.entries(process.env).filter(([name]) => !own.test(name));
  const path = `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ""}`;
  return { ...Object.fromEntries(kept), PATH: path };
}
