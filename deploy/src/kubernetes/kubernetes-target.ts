import { randomBytes } from "node:crypto";
import { kubernetesFiles, tokensSecretOf } from "@exosphere/kubernetes";
import { parse, stringify } from "yaml";
import type { Deployment } from "../deployment.ts";
import { hashHead } from "../generated-head.ts";
import { type CheckerCall, runChecker } from "../run-checker.ts";
import type { Checker, DeployFile, Target } from "../target.ts";
import { kubernetesApplication } from "./kubernetes-application.ts";

const tokensFile = "secrets/tokens.yaml";

/** What Helm is installed by, and its version. */
const helm = { version: "3.22.0", install: "go install helm.sh/helm/v3/cmd/helm@v3.22.0" } as const;

const helmCall = (folder: string, args: readonly string[]): CheckerCall => ({
  variable: "HELM",
  program: "helm",
  args,
  folder,
});

const checkers: readonly Checker[] = [
  {
    name: "helm lint",
    ...helm,
    check: (folder) => runChecker(helmCall(folder, ["lint", "--strict", "chart"])),
  },
  {
    name: "helm template",
    ...helm,
    check: (folder, { name }) =>
      // Built by Go it takes itself for a Helm of Kubernetes 1.20.
      runChecker(helmCall(folder, ["template", name, "chart", `--namespace=${name}`, "--kube-version=1.37.0"])),
  },
  {
    name: "kubernetes-validate",
    version: "1.37.0",
    install: "pip install kubernetes-validate==1.37.0",
    check: (folder, deployment) =>
      runChecker({
        variable: "KUBERNETES_VALIDATE",
        program: "kubernetes-validate",
        args: ["--strict", "--quiet", ...manifestsOf(deployment)],
        folder,
      }),
  },
];

/** Manifests for kubectl, and a chart for Helm that makes the same of them. */
export const kubernetesTarget: Target = {
  name: "kubernetes",
  does: "manifests for kubectl, and a Helm chart",
  files: filesOf,
  secretFiles(deployment, kept) {
    const before = keptTokens(kept(tokensFile));
    const secret = tokensSecretOf(kubernetesApplication(deployment), before, () =>
      randomBytes(24).toString("base64url"),
    );
    return [{ path: tokensFile, text: stringify(secret, { lineWidth: 0 }) }];
  },
  next: (deployment, folder) => [
    `kubectl create namespace ${deployment.name}`,
    ...secretLines(deployment),
    `kubectl apply -n ${deployment.name} -f ${folder}/${tokensFile} -f ${folder}/plain`,
    `or: helm install ${deployment.name} ${folder}/chart -n ${deployment.name} --create-namespace`,
  ],
  checkers,
};

/** How the Secrets are made that the application names, and nobody has made yet. */
function secretLines(deployment: Deployment): string[] {
  const { broker, gateway, dashboard, services } = deployment;
  const sidecars = services.map(({ sidecar }) => sidecar);
  const processes = [broker, ...(gateway ? [gateway] : []), dashboard, ...services, ...sidecars];
  const wanted = processes.flatMap(({ secrets, secretFiles }) => [...secrets, ...secretFiles]);
  return [...Map.groupBy(wanted, ({ secret }) => secret)].map(([secret, each]) => {
    const keys = new Set(each.map(({ key }) => key));
    const files = [...keys].map((key) => `--from-file=${key}=FILE`).join(" ");
    return `kubectl create secret generic ${secret} -n ${deployment.name} ${files}`;
  });
}

function filesOf(deployment: Deployment): DeployFile[] {
  const head = hashHead(deployment, "kubernetes");
  return [
    { path: ".gitignore", text: `${head}secrets/\n` },
    ...kubernetesFiles(kubernetesApplication(deployment), head),
  ];
}

/** All manifests but those of kinds that only clusters with the operator of Prometheus know. */
function manifestsOf(deployment: Deployment): string[] {
  const paths = filesOf(deployment).map(({ path }) => path);
  return paths.filter((path) => /^(?:plain|optional)\//.test(path) && path !== "optional/monitors.yaml");
}

/** Tokens of an earlier run. What cannot be read is made anew. */
function keptTokens(text: string | undefined): Readonly<Record<string, string>> {
  if (text === undefined) return {};
  const secret = parse(text) as { readonly stringData?: Readonly<Record<string, unknown>> } | null;
  const entries = Object.entries(secret?.stringData ?? {});
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}
