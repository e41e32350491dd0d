import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { root } from "./house.ts";
import { cleanEnvironment } from "./release/npm.ts";

/** What `npm start` may take in node_modules, in MB: it had 588 MB when it installed everything. */
const mostMegabytes = 320;

describe("npm start in a fresh checkout", function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), "exosphere-checkout-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("installs no test tools, says what it does, and ends in order", async function () {
    const tracked = spawnSync("git", ["ls-files", "-co", "--exclude-standard"], { cwd: root, encoding: "utf8" }).stdout;
    const files = tracked.split("\n").filter((file) => file !== "" && existsSync(join(root, file)));
    for (const file of files) cpSync(join(root, file), join(folder, file));
    const child = spawn(process.execPath, [join(folder, "tools/run.mjs"), "start"], {
      cwd: folder,
      env: cleanEnvironment(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    const lines: string[] = [];
    const ended = new Promise<number | null>((done) => child.on("close", done));
    const ready = new Promise<void>((done) => {
      for (const stream of [child.stdout, child.stderr])
        createInterface({ input: stream }).on("line", (line) => {
          lines.push(line);
          if (line === "application ready") done();
        });
    });
    const isReady = await Promise.race([ready.then(() => true), ended.then(() => false)]);
    if (!isReady && lines.some((line) => /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENOTCACHED/.test(line))) {
      console.log("      skipped: needs npm's registry, or its cache filled by an earlier run");
      this.skip();
    }
    assert.ok(isReady, lines.join("\n"));
    child.kill("SIGINT");
    assert.equal(await ended, 0, lines.join("\n"));

    assert.match(lines[0] ?? "", /^Installing packages \(once\) …$/);
    for (const said of [
      /^Installed packages in \d+ s\.$/,
      /^Building: compiling …$/,
      /^Built in \d+ s\.$/,
      /^Starting /,
    ])
      assert.ok(
        lines.some((line) => said.test(line)),
        String(said),
      );
    for (const tool of ["mocha", "@biomejs/biome", "@bufbuild/buf", "playwright-core"])
      assert.equal(existsSync(join(folder, "node_modules", tool)), false, tool);
    const { stdout } = spawnSync("du", ["-sm", join(folder, "node_modules")], { encoding: "utf8" });
    assert.ok(Number.parseInt(stdout, 10) < mostMegabytes, `${stdout.split("\t")[0]} MB`);
  });
});
