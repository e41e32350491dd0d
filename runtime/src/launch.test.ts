import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

describe("a command that is launched", () => {
  it("has its modules in the compile cache though it is killed", async function () {
    this.timeout(20_000);
    const folder = mkdtempSync(join(tmpdir(), "exo-launch-"));
    const cache = join(folder, "cache");
    writeFileSync(join(folder, "main.mjs"), "setInterval(() => {}, 1_000);");
    const script = `import { launch } from "${new URL("launch.ts", import.meta.url)}";
      await launch(() => import(${JSON.stringify(join(folder, "main.mjs"))}));`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      env: { ...process.env, NODE_COMPILE_CACHE: cache },
      stdio: "inherit",
    });
    // On a busy machine it takes a while until there is a cache at all.
    const written = () =>
      existsSync(cache)
        ? readdirSync(cache, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
        : [];
    try {
      for (let waitedMs = 0; waitedMs < 15_000 && written().length < 2; waitedMs += 50) await pause(50);
    } finally {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    assert.ok(written().length >= 2);
    rmSync(folder, { recursive: true });
  });
});
