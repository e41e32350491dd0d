import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { buildFolder, buildIfStale } from "./build-tree.ts";
import { manifestOf, publishable } from "./house.ts";

/** Prints the files of the house that are loaded with some packages, a line each. */
const program = `
  import { registerHooks } from "node:module";
  const isOurs = (url) => url.startsWith("file:") && !url.includes("/node_modules/");
  registerHooks({ load(url, context, next) { if (isOurs(url)) console.log(url); return next(url, context); } });
  await import("@exosphere/sidecar");
  await import("@exosphere/broker");
  console.log((await import("@exosphere/sidecar")).version);
`;

describe("the packages as they are built", function () {
  this.timeout(120_000);
  before(() => void buildIfStale());

  it("are a handful of files each, whatever they were before", () => {
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
      cwd: join(buildFolder, "exocom"),
      encoding: "utf8",
    });
    const loaded = stdout.trim().split("\n");
    assert.match(loaded.pop() ?? stderr, /^\d+\.\d+\.\d+$/);
    // 16 at present; as modules of their own they were 260.
    assert.ok(loaded.length > 8 && loaded.length <= 25, loaded.join("\n"));
  });

  it("find every package that they need of others, in the version that they name", () => {
    const wrong = publishable.flatMap((workspace) =>
      Object.entries(manifestOf(workspace).dependencies ?? {}).flatMap(([name, version]) => {
        const folders = createRequire(join(buildFolder, workspace, "src/index.js")).resolve.paths(name) ?? [];
        const file = folders.map((folder) => join(folder, name, "package.json")).find((each) => existsSync(each));
        const found = file && (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
        return found === version ? [] : [`${workspace}: ${name} ${version}, found ${found}`];
      }),
    );
    assert.deepEqual(wrong, []);
  });

  it("keep what they need of others apart, to be installed and updated as always", () => {
    const files = globSync("{proto,runtime,sdk,broker,sidecar,gateway,exocom}/**/src/**/*.js", { cwd: buildFolder });
    assert.ok(files.length > 40);
    // The bundler names the file above what it took from it.
    const taken = files.flatMap(
      (file) => readFileSync(join(buildFolder, file), "utf8").match(/^\/\/ \S+\.[cm]?js$/gm) ?? [],
    );
    assert.ok(taken.length > 200);
    assert.deepEqual(
      taken.filter((line) => !line.startsWith("// src/")),
      [],
    );
  });
});
