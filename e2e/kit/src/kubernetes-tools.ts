import { spawnSync } from "node:child_process";

/** A program that reads what is written for Kubernetes. */
export interface KubernetesTool {
  readonly isThere: boolean;
  /** What a title ends with: how to get it, for those who read that a test was skipped. Empty where it is there. */
  readonly note: string;
  /** Runs it, and gives its exit code and all that it said. */
  run(args: readonly string[]): { readonly code: number | null; readonly stdout: string; readonly stderr: string };
}

/** Helm 3. Built by Go it takes itself for a version of 2020, so tests say which Kubernetes they mean. */
export const helm: KubernetesTool = tool(
  "HELM",
  "helm",
  ["version"],
  "needs helm (go install helm.sh/helm/v3/cmd/helm@v3.22.0)",
);

/** Checks manifests by the schemas of Kubernetes, which are in it. */
export const kubernetesValidate: KubernetesTool = tool(
  "KUBERNETES_VALIDATE",
  "kubernetes-validate",
  ["--version"],
  "needs kubernetes-validate (pip install kubernetes-validate==1.37.0)",
);

/** `variable` names the program where it is not in PATH. */
function tool(variable: string, name: string, probe: readonly string[], needed: string): KubernetesTool {
  const program = process.env[variable] || name;
  const run = (args: readonly string[]) => {
    const {
      status: code,
      stdout,
      stderr,
    } = spawnSync(program, args, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
    return { code, stdout, stderr };
  };
  const isThere = run(probe).code === 0;
  return { isThere, note: isThere ? "" : `: ${needed}`, run };
}
