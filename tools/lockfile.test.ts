import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./house.ts";

/** A package as the lockfile has it. */
interface Locked {
  readonly link?: boolean;
  readonly integrity?: string;
  readonly resolved?: string;
}

for (const [file, fewest] of [
  ["package-lock.json", 100],
  ["tools/proto-tools/package-lock.json", 5],
] as const)
  describe(file, () => {
    const { packages } = JSON.parse(readFileSync(join(root, file), "utf8")) as { packages: Record<string, Locked> };
    /** Packages from a registry, without the packages of this repository. */
    const registered = Object.entries(packages).filter(
      ([path, { link }]) => /(^|\/)node_modules\//.test(path) && !link,
    );

    it("says what each package must be, those of other platforms as well, so that no registry can give another", () => {
      assert.ok(registered.length > fewest);
      const open = registered.filter(([, { integrity }]) => !/^sha512-[\w+/]{86}==$/.test(integrity ?? ""));
      assert.deepEqual(
        open.map(([path]) => path),
        [],
        "`npm view PACKAGE@VERSION dist.integrity` has what is missing",
      );
    });

    it("does not say from where, so that everybody can use a registry of their own", () => {
      const fixed = Object.entries(packages).filter(([, { resolved }]) => resolved?.includes("://"));
      assert.deepEqual(
        fixed.map(([path]) => path),
        [],
      );
    });
  });
