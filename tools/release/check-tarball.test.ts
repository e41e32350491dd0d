import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PublishedManifest } from "../manifest.ts";
import { tarballProblems } from "./check-tarball.ts";
import { npm } from "./npm.ts";

describe("the checks of a packed package", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "exosphere-check-"));
  after(() => rmSync(folder, { recursive: true }));

  const problemsOf = async (name: string, changes: object, files: Readonly<Record<string, string>>) => {
    const path = join(folder, name);
    mkdirSync(join(path, "src"), { recursive: true });
    const exports = { ".": { types: "./src/index.d.ts", default: "./src/index.js" } };
    const manifest = { name, version: "1.0.0", type: "module", license: "MIT", files: ["src"], exports, ...changes };
    writeFileSync(join(path, "package.json"), JSON.stringify(manifest));
    for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
    await npm(["pack", "--loglevel=error"], { cwd: path });
    const published = manifest as unknown as PublishedManifest;
    return tarballProblems({ name, version: "1.0.0", file: join(path, `${name}-1.0.0.tgz`), manifest: published });
  };
  const code = { "src/index.js": "export const answer = 42;\n" };
  const types = { "src/index.d.ts": "export declare const answer: number;\n" };

  it("have nothing to say against a good one", async () => {
    assert.deepEqual(await problemsOf("good", {}, { ...code, ...types }), []);
  });

  it("find types that are not in it", async () => {
    const problems = await problemsOf("untyped", {}, code);
    assert.ok(
      problems.some((line) => /^untyped: (it has no types|types: )/.test(line)),
      problems.join("\n"),
    );
    assert.ok(
      problems.some((line) => line.startsWith("untyped: publint: ")),
      problems.join("\n"),
    );
  });

  it("find code that is not what its types say", async () => {
    const problems = await problemsOf("cjs", {}, { "src/index.js": "module.exports = 42;\n", ...types });
    assert.ok(problems.length > 0);
  });
});
