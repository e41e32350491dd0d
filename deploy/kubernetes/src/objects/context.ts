import type { KubernetesApplication } from "../application.ts";
import { type ChartValues, objects, texts } from "../chart/chart-values.ts";
import { type Block, type Composed, type Scalar, type Tree, text } from "../chart/tree.ts";

/** What every object is made from. */
export interface Context {
  readonly application: KubernetesApplication;
  readonly values: ChartValues;
}

/** An object of Kubernetes, some of whose places are values. */
export interface KubernetesObject {
  readonly [key: string]: Tree | undefined;
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly [key: string]: Tree | undefined };
}

/** An object, and the value without which it is left out. */
export interface Document {
  readonly object: KubernetesObject;
  readonly condition?: Scalar | Block;
}

/** Where processes find their files. */
export const folders = {
  config: "/etc/exosphere/config",
  tokens: "/etc/exosphere/tokens",
  secrets: "/etc/exosphere/secrets",
  data: "/data",
} as const;

/** Ports of the processes, by what they are. */
export const ports = {
  grpc: 4100,
  brokerAdmin: 4101,
  gateway: 4300,
  gatewayAdmin: 4301,
  dashboardAdmin: 4401,
} as const;

/** The name of an object: `shop-broker`. */
export function nameOf({ application }: Context, part: string): string {
  return `${application.name}-${part}`;
}

/** By what pods of a part are chosen. Never to be changed: Kubernetes refuses that in what is there. */
export function selectorOf({ application }: Context, part: string) {
  return { "app.kubernetes.io/part-of": application.name, "app.kubernetes.io/name": part };
}

/** The labels of an object. */
export function labelsOf(context: Context, part: string) {
  return { ...selectorOf(context, part), "app.kubernetes.io/version": context.application.version };
}

/** The beginning of an object. */
export function objectOf(context: Context, apiVersion: string, kind: string, part: string) {
  return { apiVersion, kind, metadata: { name: nameOf(context, part), labels: labelsOf(context, part) } };
}

/** A role as labels and keys of Secrets can have it: by its name, where that has other characters. */
export function keyOf({ role, name }: { readonly role: string; readonly name: string }): string {
  return /^[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/.test(role) ? role : name;
}

/** The image with the commands of Exosphere. */
export function platformImage({ application, values }: Context): Scalar {
  return values.image("image", application.image, "Image with the commands of Exosphere, with a version");
}

/** Where brokers are. */
export function brokerAddress(context: Context): string {
  return `${nameOf(context, "broker")}:${ports.grpc}`;
}

/** The Secret with the tokens of the application. */
export function tokensSecret(context: Context): Scalar {
  const help = "Secret with the tokens of the application; made by the chart unless tokens.generate is false";
  return context.values.text("tokens/secret", nameOf(context, "tokens"), help, { minLength: 1 });
}

/** How long pods may take to end, in seconds: the grace of their processes, and what is left to notice it. */
export function terminationSeconds({ application }: Context): number {
  return Math.ceil(application.graceMs / 1000) + 15;
}

/** A flag with the grace of a process. */
export function graceFlag({ application }: Context): string {
  return `--grace=${application.graceMs}ms`;
}

/** A name that people or clients use, in `https://`. */
export function https(host: Scalar): Composed {
  return text`https://${host}`;
}

/** Settings of the nodes on which pods of a part run, which each part has. */
export function placementOf({ values }: Context, path: string) {
  return {
    nodeSelector: values.block(`${path}/nodeSelector`, {}, "Labels that a node must have", texts),
    tolerations: values.block(`${path}/tolerations`, [], "Taints of nodes that are tolerated", objects),
    affinity: values.block(`${path}/affinity`, {}, "Where pods are rather to be, or not", { type: "object" }),
  };
}
