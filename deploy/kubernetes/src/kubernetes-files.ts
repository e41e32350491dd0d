import type { KubernetesApplication } from "./application.ts";
import { ChartValues } from "./chart/chart-values.ts";
import { isEmpty, resolve } from "./chart/resolve.ts";
import { reference, writeTemplate, writeYaml } from "./chart/write-yaml.ts";
import { brokerObjects } from "./objects/broker.ts";
import type { Context, Document, KubernetesObject } from "./objects/context.ts";
import { dashboardObjects } from "./objects/dashboard.ts";
import { gatewayObjects } from "./objects/gateway.ts";
import { ingressObjects } from "./objects/ingress.ts";
import { injectorDocuments } from "./objects/injector.ts";
import { monitors } from "./objects/monitors.ts";
import { networkPolicies } from "./objects/network-policies.ts";
import { roleObjects } from "./objects/role.ts";
import { tokensTemplate } from "./tokens.ts";

/** A file, by its path below the folder of the target. */
export interface KubernetesFile {
  readonly path: string;
  readonly text: string;
}

/** Objects that belong together, and so are in one file. */
interface Group {
  readonly file: string;
  /** What not every cluster can have, or not everybody may install. */
  readonly isOptional?: boolean;
  readonly documents: readonly Document[];
}

/**
 * All files of an application on Kubernetes: `plain` for kubectl, `optional` for what has to be wanted, `chart` for Helm. Chart and
 * plain manifests are made of the same objects, so that `helm template` with the values as they are gives what is in `plain`.
 * `head` is what generated files begin with, as comments.
 */
export function kubernetesFiles(application: KubernetesApplication, head: string): KubernetesFile[] {
  const values = new ChartValues();
  const groups = groupsOf({ application, values });
  values.flag("tokens/generate", true, "Makes the Secret with the tokens, where it is not there yet");
  const plain = groups.flatMap(({ file, isOptional = false, documents }) => {
    const objects = documents.filter(
      ({ condition }) => isOptional || condition === undefined || !isEmpty(condition.fallback),
    );
    if (objects.length === 0) return [];
    const texts = objects.map(({ object }) => writeYaml(resolve(object) ?? {}));
    return [{ path: `${isOptional ? "optional" : "plain"}/${file}.yaml`, text: head + texts.join("---\n") }];
  });
  const templates = groups.map(({ file, documents }) => ({
    path: `chart/templates/${file}.yaml`,
    text: head + documents.map(templateOf).join("---\n"),
  }));
  return [
    ...plain,
    { path: "chart/Chart.yaml", text: head + writeYaml(chartOf(application)) },
    { path: "chart/values.yaml", text: `${head}${values.yaml()}\n` },
    { path: "chart/values.schema.json", text: `${JSON.stringify(values.schema(), undefined, 2)}\n` },
    ...templates,
    { path: "chart/templates/tokens.yaml", text: head + tokensTemplate(application) },
    { path: "chart/templates/NOTES.txt", text: notesOf(application) },
  ];
}

function groupsOf(context: Context): Group[] {
  const { roles, gateway } = context.application;
  const group = (file: string, objects: readonly KubernetesObject[]): Group => ({
    file,
    documents: objects.map((object) => ({ object })),
  });
  return [
    group("broker", brokerObjects(context)),
    ...roles.map((role) => group(`role-${role.name}`, roleObjects(context, role))),
    ...(gateway ? [group("gateway", gatewayObjects(context, gateway))] : []),
    group("dashboard", dashboardObjects(context)),
    group("ingress", ingressObjects(context)),
    { file: "network-policies", documents: networkPolicies(context) },
    { file: "monitors", isOptional: true, documents: monitors(context) },
    { file: "injector", isOptional: true, documents: injectorDocuments(context) },
  ];
}

function templateOf({ object, condition }: Document): string {
  const text = writeTemplate(object);
  return condition === undefined ? text : `{{- if ${reference(condition)} }}\n${text}{{- end }}\n`;
}

/** The oldest version of Kubernetes whose init containers can be sidecars without a feature gate. */
const kubeVersion = ">=1.29.0-0";

function chartOf({ name, description, version }: KubernetesApplication) {
  const [major = "0", minor = "0", patch = "0"] = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(version)?.slice(1) ?? [];
  return {
    apiVersion: "v2",
    name,
    description: description || name,
    type: "application",
    version: `${Number(major)}.${Number(minor)}.${Number(patch)}`,
    appVersion: version || "0",
    kubeVersion,
  };
}

function notesOf({ name }: KubernetesApplication): string {
  return `${name} is being started. Its dashboard, once it is up:

  kubectl port-forward -n {{ .Release.Namespace }} deploy/${name}-dashboard 4400
`;
}
