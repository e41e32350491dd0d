import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { installed, root } from "./house.ts";

interface Report {
  readonly diagnostics: readonly { readonly category: string; readonly location: { readonly path: string } }[];
}

/** What the linter, configured as for this repository, finds in a tree of its own: `rule file`, once each. */
function findings(files: Readonly<Record<string, string>>): string[] {
  const folder = mkdtempSync(join(tmpdir(), "exo-lint-rules-"));
  try {
    const config = JSON.parse(readFileSync(join(root, "biome.json"), "utf8"));
    // The tree is not in git.
    write("biome.json", JSON.stringify({ ...config, vcs: { enabled: false } }));
    for (const [path, text] of Object.entries(files)) write(path, text);
    mkdirSync(join(folder, "node_modules/@exosphere"), { recursive: true });
    for (const name of ["broker", "sidecar"])
      symlinkSync(join(folder, name), join(folder, "node_modules/@exosphere", name));
    const command = [installed("@biomejs/biome/bin/biome"), "lint", "--reporter=json", "--max-diagnostics=none"];
    const { stdout } = spawnSync(process.execPath, command, { cwd: folder, encoding: "utf8" });
    const { diagnostics } = JSON.parse(stdout) as Report;
    const found = diagnostics.map(({ category, location }) => `${category.split("/").at(-1)} ${location.path}`);
    return [...new Set(found)].sort();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

describe("The linter", function () {
  this.timeout(60_000);
  const manifest = (name: string, lists: object) =>
    JSON.stringify({ name: `@exosphere/${name}`, version: "0.1.0", exports: { ".": "./src/index.ts" }, ...lists });
  const manifests = {
    "package.json": JSON.stringify({ name: "house", private: true, workspaces: ["broker", "sidecar"] }),
    "broker/package.json": manifest("broker", { dependencies: { "@exosphere/sidecar": "0.1.0" } }),
    "sidecar/package.json": manifest("sidecar", {
      dependencies: { "@exosphere/broker": "0.1.0" },
      devDependencies: { "fast-check": "4.0.0" },
    }),
  };

  it("finds a ring of imports that are gone when the code runs", () => {
    const found = findings({
      ...manifests,
      "sidecar/src/a.ts": 'import type { B } from "./b.ts";\n\nexport type A = B[];\n',
      "sidecar/src/b.ts": 'export type { C as B } from "./c.ts";\n',
      "sidecar/src/c.ts": 'import type { A } from "./a.ts";\n\nexport type C = A | undefined;\n',
      "sidecar/src/d.ts": 'import type { A } from "./a.ts";\n\nexport type D = A;\n',
    });
    assert.deepEqual(
      found,
      ["a", "b", "c"].map((file) => `noImportCycles sidecar/src/${file}.ts`),
    );
  });

  it("finds a ring that leads through two packages", () => {
    const found = findings({
      ...manifests,
      "broker/src/index.ts": 'export { sidecar } from "@exosphere/sidecar";\n',
      "sidecar/src/index.ts": 'import "@exosphere/broker";\n\nexport const sidecar = 1;\n',
    });
    assert.deepEqual(found, ["noImportCycles broker/src/index.ts", "noImportCycles sidecar/src/index.ts"]);
  });

  it("finds dependencies that the package does not declare, however they are imported", () => {
    const imports = {
      "plain.ts": 'import "ws";\n',
      "type.ts": 'export type { Ajv } from "ajv";\n',
      "dynamic.ts": 'export const loaded = await import("undici/lib/api");\n',
      "required.ts":
        'import { createRequire } from "node:module";\n\nconst require = createRequire(import.meta.url);\nrequire("pino-pretty");\n',
      "developed.ts": 'import "fast-check";\n',
      "declared.ts": 'import "@exosphere/broker";\n',
      "declared.test.ts": 'import "fast-check";\n',
    };
    const files = Object.entries(imports).map(([path, text]) => [`sidecar/src/${path}`, text] as const);
    const undeclared = ["developed", "dynamic", "plain", "required", "type"];
    assert.deepEqual(
      findings({ ...manifests, ...Object.fromEntries(files) }),
      undeclared.map((file) => `noUndeclaredDependencies sidecar/src/${file}.ts`),
    );
  });

  it("finds files of more than 400 lines", () => {
    const lines = (count: number) =>
      Array.from({ length: count }, (_, at) => `export const a${at} = ${at};\n`).join("");
    const files = { "sidecar/src/long.ts": lines(401), "sidecar/src/full.ts": lines(400) };
    assert.deepEqual(findings({ ...manifests, ...files }), ["noExcessiveLinesPerFile sidecar/src/long.ts"]);
  });
});
