import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { manifestOf, root } from "../house.ts";

describe("npm run release", function () {
  this.timeout(60_000);
  const release = (...args: readonly string[]) =>
    spawnSync(process.execPath, [join(root, "tools/run.mjs"), "release", ...args], {
      encoding: "utf8",
      cwd: root,
      // No npm: whatever happens, nothing can be published from here.
      env: { ...process.env, npm_execpath: join(root, "no-npm.cjs") },
    });

  it("refuses arguments that it does not know, with 64 and one line", () => {
    const { status, stdout, stderr } = release("--dry");
    assert.deepEqual([status, stdout], [64, ""]);
    assert.equal(stderr, "release: there is no argument '--dry': npm run release [-- --dry-run]\n");
  });

  it("publishes nothing from a commit that is not tagged", function () {
    const tags = spawnSync("git", ["tag", "--points-at", "HEAD"], { encoding: "utf8", cwd: root });
    if (tags.status !== 0 || tags.stdout.includes(`v${manifestOf().version}`)) {
      console.log("      skipped: this commit may be published");
      this.skip();
    }
    const { status, stdout, stderr } = release();
    assert.deepEqual([status, stdout], [1, ""]);
    assert.match(stderr, /^release: the commit has no tag v/m);
  });
});
