import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../house.ts";

/**
 * The licences of everything that is in the single executable, as most of them ask for: Node with what it contains, and the packages of
 * the modules.
 *
 * @param modules absolute paths
 * @throws Error if a package has no licence file and no known licence
 */
export function licencesOf(modules: readonly string[]): string {
  const folders = new Set(modules.filter((path) => path.includes("/node_modules/")).map(packageFolder));
  const texts = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Described;
    const file = readdirSync(folder).find((each) => /^licen[cs]e(\.|$)/i.test(each));
    if (file === undefined && license === undefined) throw new Error(`${name} does not say under which licence it is.`);
    const text = file === undefined ? `License: ${license}` : readFileSync(join(folder, file), "utf8").trim();
    return `${name} ${version}\n\n${text}`;
  });
  return [`Node.js ${process.versions.node}\n\n${nodeLicence()}`, ...texts].join(`\n\n${"-".repeat(80)}\n\n`);
}

interface Described {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

/** The folder of the package that a module belongs to. Some have a package.json without a name within. */
function packageFolder(module: string): string {
  const [, before = "", name = ""] = /^(.*\/node_modules\/)((?:@[^/]+\/)?[^/]+)\//.exec(module) ?? [];
  return before + name;
}

function nodeLicence(): string {
  const beside = join(dirname(dirname(process.execPath)), "LICENSE");
  const installed = join(root, "node_modules", `node-${process.platform}-${process.arch}`, "LICENSE");
  const file = [beside, installed].find((each) => existsSync(each));
  if (file === undefined) throw new Error(`Node's licence is not at ${beside}.`);
  return readFileSync(file, "utf8").trim();
}
