import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { publishable } from "./house.ts";
import { LocalRegistry } from "./release/local-registry.ts";
import { cleanEnvironment, npm } from "./release/npm.ts";
import { packTarballs, type Tarball } from "./release/tarballs.ts";

/** A folder outside the repository where the packed packages are installed, as a user would have them. */
export class InstalledPackages {
  /** The absolute path. */
  readonly folder = mkdtempSync(join(tmpdir(), "exosphere-packed-"));
  /** All that the started programs have written. */
  output = "";
  readonly #programs: ChildProcess[] = [];
  #tarballs: readonly Tarball[] = [];

  /**
   * Builds and packs publishable workspaces, all if nothing is said, and installs them by their names.
   *
   * @throws NpmError if they cannot be installed
   */
  async install(workspaces: readonly string[] = publishable): Promise<void> {
    this.#tarballs = await packTarballs(join(this.folder, "tarballs"), workspaces);
    writeFileSync(join(this.folder, "package.json"), '{"private": true}');
    await this.#npmInstall(this.#tarballs.map(({ name }) => name));
  }

  /**
   * Installs a packed package for the whole machine: `npm install --global`, in a folder of its own. Returns the absolute paths of the
   * commands that this gives, by their names.
   *
   * @throws NpmError if it cannot be installed
   */
  async installGlobally(name: string): Promise<ReadonlyMap<string, string>> {
    const prefix = join(this.folder, "global");
    mkdirSync(prefix);
    await this.#npmInstall(["--global", "--prefix", prefix, name]);
    const bin = join(prefix, "bin");
    return new Map(
      readdirSync(bin)
        .sort()
        .map((command) => [command, join(bin, command)]),
    );
  }

  /** Runs a command of a packed package in an empty folder, as `npm exec` does. Returns what it prints; throws an NpmError if it fails. */
  async runOnce(name: string, command: readonly string[]): Promise<string> {
    const empty = mkdtempSync(join(this.folder, "empty-"));
    const cache = join(this.folder, "npm-cache");
    return this.#npm("exec", ["--yes", `--cache=${cache}`, `--package=${name}`, "--", ...command], empty);
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

  async #npmInstall(args: readonly string[]): Promise<void> {
    await this.#npm("install", ["--no-audit", "--no-fund", ...args], this.folder);
  }

  async #npm(command: string, args: readonly string[], cwd: string): Promise<string> {
    const registry = await LocalRegistry.start(this.#tarballs);
    try {
      const options = ["--prefer-offline", "--loglevel=error", ...registry.npmArgs];
      return await npm([command, ...options, ...args], { cwd });
    } finally {
      await registry.close();
    }
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
