import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

describe("a command that is launched", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "exo-launch-"));
    mkdirSync(join(folder, "tmp"));
    chmodSync(join(folder, "tmp"), 0o1777);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const filesIn = (place: string) =>
    existsSync(place)
      ? readdirSync(place, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
      : [];

  /** Launches a command that never ends, until `cache` has at least so many files; kills it then. */
  async function launchUntilCached(env: NodeJS.ProcessEnv, cache: string, least: number): Promise<void> {
    writeFileSync(join(folder, "main.mjs"), "setInterval(() => {}, 1_000);");
    const script = `import { launch } from "${new URL("launch.ts", import.meta.url)}";
      await launch(() => import(${JSON.stringify(join(folder, "main.mjs"))}));`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], { env, stdio: "inherit" });
    try {
      // On a busy machine it takes a while until there is a cache at all.
      for (let waitedMs = 0; waitedMs < 15_000 && filesIn(cache).length < least; waitedMs += 50) await pause(50);
    } finally {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  }

  it("has its modules in the compile cache of its user though it is killed, and none where others may write", async function () {
    this.timeout(20_000);
    const cache = join(folder, "home/.cache/exosphere");
    mkdirSync(join(folder, "home"));
    const { PATH } = process.env;
    await launchUntilCached({ PATH, HOME: join(folder, "home"), TMPDIR: join(folder, "tmp") }, cache, 1);
    assert.ok(filesIn(cache).length >= 1);
    assert.deepEqual(readdirSync(join(folder, "tmp")), []);
  });

  it("follows NODE_COMPILE_CACHE", async function () {
    this.timeout(20_000);
    const cache = join(folder, "cache");
    await launchUntilCached({ ...process.env, NODE_COMPILE_CACHE: cache }, cache, 2);
    assert.ok(filesIn(cache).length >= 2);
  });

  it("does without a cache where its user has no folder alone", async function () {
    this.timeout(20_000);
    writeFileSync(join(folder, "main.mjs"), "");
    const script = `import { launch } from "${new URL("launch.ts", import.meta.url)}";
      await launch(() => import(${JSON.stringify(join(folder, "main.mjs"))}));
      const { getCompileCacheDir } = await import("node:module");
      process.exitCode = getCompileCacheDir() === undefined ? 0 : 1;`;
    const env = { PATH: process.env.PATH, HOME: join(folder, "tmp"), TMPDIR: join(folder, "tmp") };
    mkdirSync(join(folder, "tmp/.cache"));
    chmodSync(join(folder, "tmp/.cache"), 0o777);
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], { env, stdio: "inherit" });
    assert.deepEqual(await once(child, "exit"), [0, null]);
  });
});
