import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./house.ts";

/** Its go.mod says which versions. */
const module = join(root, "deploy/kubernetes/test/api-server");
const target = join(root, ".tools/kubernetes");

/** The programs, by the packages that they are built from. */
const programs = {
  etcd: "go.etcd.io/etcd/server/v3",
  "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
} as const;

/**
 * Builds the API server of Kubernetes and its store from their Go modules, unless they are there: five to twenty minutes, and
 * 3 GB of Go's caches. The slow tests of deploy/kubernetes run on them. Ends the process with exit code 1 where they cannot be built.
 */
export function buildKubernetesApi(): void {
  mkdirSync(target, { recursive: true });
  for (const [name, from] of Object.entries(programs)) {
    const file = join(target, name);
    if (existsSync(file)) continue;
    console.log(`Building ${name}.`);
    const args = ["build", "-trimpath", "-buildvcs=false", `-ldflags=${flagsOf(from)}`, `-o=${file}`, from];
    const { status, error } = spawnSync("go", args, { cwd: module, stdio: "inherit" });
    if (status === 0) continue;
    console.error(error ? `${name} is built by Go 1.26 or newer, which is not here.` : `${name} could not be built.`);
    process.exit(1);
  }
}

/** Without symbols, and with the version that the API server tells. */
function flagsOf(from: string): string {
  const { stdout = "" } = spawnSync("go", ["list", "-m", "-f={{.Version}}", "k8s.io/kubernetes"], {
    cwd: module,
    encoding: "utf8",
  });
  const version = stdout.trim();
  const [, major = "", minor = ""] = /^v(\d+)\.(\d+)/.exec(version) ?? [];
  const told = { gitVersion: version, gitMajor: major, gitMinor: minor };
  const variables = Object.entries(told).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);
  return ["-s", "-w", ...(from.startsWith("k8s.io/") ? variables : [])].join(" ");
}
