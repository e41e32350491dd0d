import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { call, installed, root } from "./house.ts";

/** What browsers load: one minified ES module, made of a package's sources. */
export interface Bundle {
  readonly workspace: string;
  readonly entry: string;
  /** Beside the sources, so that programs in the tree find it by the name of its package as well. */
  readonly file: string;
}

/** All bundles of the house. */
export const bundles: readonly Bundle[] = [
  { workspace: "gateway/client", entry: "src/index.ts", file: "dist/client.js" },
];

/** The page of the dashboard. */
const page = "services/analytics/dist/index.html";

/** Whether all of them are there, and the page of the dashboard. */
export function areBundled(): boolean {
  return [page, ...bundles.map(({ workspace, file }) => join(workspace, file))].every((file) =>
    existsSync(join(root, file)),
  );
}

/**
 * Makes all bundles, and the page of the dashboard.
 *
 * @throws Error if one cannot be made
 */
export function makeBundles(): void {
  for (const { workspace, entry, file } of bundles) {
    const paths = [join(workspace, entry), "--file", join(workspace, file)];
    const args = [...paths, "--format", "esm", "--minify", "--log-level", "warn"];
    // It prints a table of what it made, which nobody asked for.
    const stdio = ["ignore", "ignore", "inherit"] as const;
    const { status } = spawnSync(process.execPath, [installed("rolldown/bin/cli.mjs"), ...args], {
      cwd: root,
      stdio: [...stdio],
    });
    if (status !== 0) throw new Error(`${file} of ${workspace} could not be bundled.`);
  }
  if (call(join(root, "tools/bundle-page.ts"), []) !== 0) throw new Error(`${page} could not be made.`);
}
