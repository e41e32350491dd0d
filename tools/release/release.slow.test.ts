import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { buildFolder } from "../build-tree.ts";
import { manifestOf, publishable, root } from "../house.ts";

describe("npm run release", function () {
  this.timeout(600_000);
  const { version } = manifestOf();
  const release = (...args: readonly string[]) =>
    spawnSync(process.execPath, [join(root, "tools/run.mjs"), "release", ...args], { encoding: "utf8", cwd: root });

  it("--dry-run packs, checks, installs, starts and lists everything, with a bill of materials", function () {
    const { status, stdout, stderr } = release("--dry-run");
    if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENOTCACHED/.test(stderr)) {
      console.log("      skipped: needs npm's registry, or its cache filled by an earlier run");
      this.skip();
    }
    assert.equal(status, 0, stdout + stderr);
    const listed = [...stdout.matchAll(/^ {2}(@exosphere\/\S+)@(\S+) +\d+ KB$/gm)].map(
      ([, name, own]) => `${name} ${own}`,
    );
    assert.deepEqual(listed.toSorted(), publishable.map((each) => `${manifestOf(each).name} ${version}`).toSorted());
    const file = join(buildFolder, "release", version, `exosphere-${version}.cdx.json`);
    assert.ok(existsSync(file));
    const text = readFileSync(file, "utf8");
    const { bomFormat, components } = JSON.parse(text) as { bomFormat: string; components: { name: string }[] };
    assert.equal(bomFormat, "CycloneDX");
    for (const name of ["@exosphere/cli", "@grpc/grpc-js", "pino"])
      assert.ok(
        components.some((each) => each.name === name),
        name,
      );
    assert.doesNotMatch(text, /127\.0\.0\.1|"distribution"/);
  });
});
