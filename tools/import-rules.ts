import { isBuiltin } from "node:module";
import { dirname, join } from "node:path/posix";
import { computed, type Package, type SourceFile, type SourceTree } from "./imports.ts";
import type { Manifest } from "./manifest.ts";
import { isTestFile } from "./test-files.ts";

/** The names of the packages of the house, by the last part of their name. */
type HousePackage =
  | "proto"
  | "frames"
  | "link"
  | "message"
  | "collections"
  | "settings"
  | "telemetry"
  | "process"
  | "http"
  | "application"
  | "broker"
  | "sdk"
  | "cli"
  | "sidecar"
  | "gateway"
  | "client"
  | "exocom"
  | "records"
  | "analytics"
  | "deploy"
  | "envoy"
  | "injector"
  | "kubernetes";

/** What every process needs, from the lowest package to the highest. Each of them imports only those before it. */
const runtime = [
  "proto",
  "frames",
  "collections",
  "message",
  "telemetry",
  "settings",
  "process",
  "http",
  "application",
] as const satisfies readonly HousePackage[];

/**
 * Which packages of the house may be imported where: the table of the design, by folder. The longest folder that
 * matches counts. What is not listed imports nothing of the house.
 */
const mayImport: Readonly<Record<string, readonly HousePackage[] | "all">> = {
  proto: [],
  "runtime/frames": ["proto"],
  "runtime/link": ["proto", "frames", "message"],
  "runtime/collections": [],
  "runtime/message": ["proto"],
  "runtime/telemetry": ["proto", "frames"],
  "runtime/settings": ["telemetry"],
  "runtime/process": ["settings", "telemetry"],
  "runtime/http": ["proto", "message", "settings", "telemetry", "process"],
  "runtime/application": ["settings"],
  broker: runtime,
  sdk: ["proto", "frames", "link", "message"],
  // The mock of ExoCom runs the broker's core. The package only asks for it as an optional peer: what runs a service loads no broker.
  "sdk/src/testing": ["proto", "frames", "link", "message", "broker"],
  "sdk/cli": "all",
  sidecar: [...runtime, "link"],
  gateway: [...runtime, "link"],
  // It runs in browsers, and has no dependencies.
  "gateway/client": [],
  services: ["sdk", "records"],
  "services/records": ["sdk"],
  // Takes no part in the application: it watches the broker through the admin service.
  "services/analytics": runtime,
  // Writes files for others to run, and runs nothing itself but what checks them.
  deploy: ["proto", "settings", "telemetry", "process", "application", "envoy", "injector", "kubernetes"],
  // What it writes is data for Envoy alone.
  "deploy/envoy": [],
  // Takes no part in the application either: it puts sidecars into pods.
  "deploy/injector": runtime,
  // Its sidecars are those of the injector.
  "deploy/kubernetes": ["injector"],
  examples: ["sdk", "client"],
  exocom: "all",
  bench: "all",
  e2e: "all",
  tools: "all",
};

/**
 * What every core may import beside its own: the message form, collections and the names of outcomes, which are held to the same purity.
 */
const pureModules = ["@exosphere/message", "@exosphere/collections", "@exosphere/proto/outcomes"];

/** The contract, of which a core may derive types: they are gone when the code runs. */
const contract = ["@exosphere/proto", "@exosphere/proto/outcomes"];

/** What only tests of services load. */
const doubles = "sdk/src/testing/";

const onlyForTests = "is for tests alone, and not published; what runs must not load it";

/** `json` beside the message form decodes text, and is not pure. */
const pureFolder = /^runtime\/(message|collections)\/src\/(?!json\/)/;

/** Globals that reach the platform. A pure core takes a clock and ports instead. */
const platformGlobals = new Set([
  "process",
  "globalThis",
  "performance",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "new Date()",
  "Date.now",
  "fetch",
  "console",
]);

/** Every import that the rules forbid, beside those that Biome finds (undeclared dependencies and cycles), as `path:line: what is wrong`. */
export function importBreaches(tree: SourceTree): string[] {
  return tree.files.flatMap((file) => {
    const owner = ownerOf(file.path, tree.packages);
    const breaches = file.imports.flatMap((one) => {
      const breach = one.specifier.startsWith(".")
        ? relativeBreach(file, one.specifier, owner, tree)
        : packageBreach(file, one, owner, tree);
      return breach === undefined ? [] : [`${file.path}:${one.line}: '${one.specifier}' ${breach}`];
    });
    return [...breaches, ...globalBreaches(file)];
  });
}

/** The package of the house that an import leads to. */
export function housePackage(specifier: string, packages: readonly Package[]): Package | undefined {
  return packages.find(({ manifest }) => manifest.name === packageName(specifier));
}

function relativeBreach(file: SourceFile, specifier: string, owner: Package, tree: SourceTree): string | undefined {
  const target = join(dirname(file.path), specifier);
  if (ownerOf(target, tree.packages) !== owner) return "leads into another package; import it by its name";
  if (isTestFile(file.path)) return undefined;
  if (isTestFile(target)) return onlyForTests;
  if (target.startsWith(doubles) && !file.path.startsWith(doubles))
    return "is for tests of services, and may need a broker; what runs a service must not load it";
  if (pureFolder.test(file.path)) return pureFolder.test(target) ? undefined : "leads out of what cores may import";
  const [from, to] = [partOf(file.path), partOf(target)];
  if (from === undefined || from.part === to?.part) return undefined;
  if (from.part === "core") return "leads out of core, which imports only its own";
  if (to === undefined || to.part === "core") return undefined;
  return `is an edge of ${from.owner} that another edge (${from.part}) imports; only a file in src/ may know both`;
}

function packageBreach(
  file: SourceFile,
  { specifier, isTypeOnly }: SourceFile["imports"][number],
  owner: Package,
  tree: SourceTree,
): string | undefined {
  const mayBeInCore = pureModules.includes(specifier) || (isTypeOnly && contract.includes(specifier));
  if (isPure(file.path) && !mayBeInCore) return "is not its own core, all that core imports";
  if (specifier === computed) return undefined;
  if (isBuiltin(specifier))
    return specifier.startsWith("node:") ? undefined : `is a part of Node; write 'node:${specifier}'`;
  const target = housePackage(specifier, tree.packages);
  return target === undefined ? undefined : houseBreach(file, specifier, owner, target);
}

function houseBreach(file: SourceFile, specifier: string, owner: Package, target: Package): string | undefined {
  if (target === owner) return "is its own package; import the file";
  const subpath = `.${specifier.slice(target.manifest.name.length)}`;
  const exported = exportedFile(subpath, target.manifest.exports);
  if (exported === undefined) return `is not among the exports of ${target.manifest.name}`;
  // What is for development may use all of the house, as far as its package declares it.
  if (isTestFile(file.path) || owner.folder === "") return undefined;
  if (isTestFile(join(target.folder, exported))) return onlyForTests;
  const allowed = allowedIn(file.path);
  const name = target.manifest.name.split("/").at(-1);
  if (allowed === "all" || allowed.some((candidate) => candidate === name)) return undefined;
  return `must not be imported here; allowed are: ${allowed.join(", ") || "no packages of the house"}`;
}

/** The file that an export of a package leads to: `./*` stands for any of its modules. */
function exportedFile(subpath: string, exports: Manifest["exports"] = {}): string | undefined {
  if (Object.hasOwn(exports, subpath)) return exports[subpath];
  return subpath === "." ? undefined : exports["./*"]?.replace("*", subpath.slice("./".length));
}

function globalBreaches(file: SourceFile): string[] {
  if (!isPure(file.path)) return [];
  return file.globals
    .filter(({ specifier }) => platformGlobals.has(specifier))
    .map(({ specifier, line }) => `${file.path}:${line}: '${specifier}' is the platform's; core takes a port for it`);
}

/** Whether a file belongs to the pure middle: a core, or what cores share. */
function isPure(path: string): boolean {
  return !isTestFile(path) && (partOf(path)?.part === "core" || pureFolder.test(path));
}

function allowedIn(path: string): readonly HousePackage[] | "all" {
  const folders = Object.keys(mayImport).filter((folder) => path.startsWith(`${folder}/`));
  return mayImport[folders.toSorted((a, b) => b.length - a.length)[0] ?? ""] ?? [];
}

/** The innermost package around a path. */
function ownerOf(path: string, packages: readonly Package[]): Package {
  const around = packages.filter(({ folder }) => folder === "" || path.startsWith(`${folder}/`));
  const [owner] = around.toSorted((a, b) => b.folder.length - a.folder.length);
  if (owner === undefined) throw new Error(`${path} is in no package.`);
  return owner;
}

/** Which of its parts, core or an edge, a file of a running program is in. */
function partOf(path: string): { readonly owner: string; readonly part: string } | undefined {
  const [, owner, part] = path.match(/^(broker|sidecar|gateway)\/src\/([^/]+)\//) ?? [];
  return owner === undefined || part === undefined ? undefined : { owner, part };
}

function packageName(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}
