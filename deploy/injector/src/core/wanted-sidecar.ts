import { imageMistake } from "./image.ts";
import type { Pod } from "./pod.ts";
import { isQuantity } from "./quantity.ts";
import type { AmountsOfResources, Resources, SidecarOptions } from "./sidecar-options.ts";
import { ports } from "./sidecar-parts.ts";

const prefix = "exosphere.dev/";

/** The label by which a pod says that it plays a role. */
export const roleLabel = `${prefix}role`;

/** The annotations by which a pod has its sidecar otherwise than others. */
export const annotations = {
  image: `${prefix}image`,
  broker: `${prefix}broker`,
  appPort: `${prefix}app-port`,
  appHealth: `${prefix}app-health`,
  tokensSecret: `${prefix}tokens-secret`,
  cpuRequest: `${prefix}cpu-request`,
  cpuLimit: `${prefix}cpu-limit`,
  memoryRequest: `${prefix}memory-request`,
  memoryLimit: `${prefix}memory-limit`,
  /** Written here, not read: the version of what put the sidecar there. */
  injected: `${prefix}injected`,
} as const;

/** What sidecars are like where their pods do not say. */
export type SidecarDefaults = Omit<SidecarOptions, "role" | "appHealth">;

/** The sidecar that a pod asks for, or everything that is wrong with how it asks. */
export type WantedSidecar = { readonly options: SidecarOptions } | { readonly mistakes: readonly string[] };

/** Longest name of an object of Kubernetes. */
const maxNameLength = 253;

const checks = {
  image: (text: string) => imageMistake(text),
  broker: (text: string) =>
    text.split(",").every((each) => /^(?:[\w.-]+|\[[0-9a-fA-F:.]+\]):\d{1,5}$/.test(each) && isPort(portIn(each)))
      ? undefined
      : "is not HOST:PORT[,HOST:PORT]",
  appPort(text: string) {
    const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
    if (!isPort(port)) return "is not a port, 1 to 65535";
    return port === ports.edge || port === ports.admin ? "is a port of the sidecar: choose another" : undefined;
  },
  appHealth: (text: string) => (/^\/[\x21-\x7e]{0,1000}$/.test(text) ? undefined : "is not a path, such as /health"),
  tokensSecret: (text: string) =>
    text.length <= maxNameLength && /^[a-z0-9](?:[-.a-z0-9]*[a-z0-9])?$/.test(text)
      ? undefined
      : "is not the name of a Secret",
  amount: (text: string) => (isQuantity(text) ? undefined : "is not an amount, such as 50m, 0.5 or 128Mi"),
} as const;

/** Reads the sidecar that a pod with this role asks for by its annotations. */
export function wantedSidecar(role: string, pod: Pod, defaults: SidecarDefaults): WantedSidecar {
  const given = pod.metadata?.annotations ?? {};
  const mistakes = roleMistakes(role);
  const read = (name: keyof typeof annotations, mistakeOf: (text: string) => string | undefined) => {
    const text = given[annotations[name]];
    const mistake = text === undefined ? undefined : mistakeOf(text);
    if (mistake !== undefined) mistakes.push(`annotation ${annotations[name]}: '${shown(text)}' ${mistake}`);
    return mistake === undefined ? text : undefined;
  };
  for (const key of unknownAnnotations(given)) mistakes.push(unknownAnnotation(key));
  const appPort = read("appPort", checks.appPort);
  const options = {
    role,
    image: read("image", checks.image) ?? defaults.image,
    broker: read("broker", checks.broker)?.split(",") ?? defaults.broker,
    appPort: appPort === undefined ? defaults.appPort : Number(appPort),
    appHealth: read("appHealth", checks.appHealth),
    tokensSecret: read("tokensSecret", checks.tokensSecret) ?? defaults.tokensSecret,
    resources: {
      requests: amounts(
        defaults.resources.requests,
        read("cpuRequest", checks.amount),
        read("memoryRequest", checks.amount),
      ),
      limits: amounts(defaults.resources.limits, read("cpuLimit", checks.amount), read("memoryLimit", checks.amount)),
    } satisfies Resources,
  };
  return mistakes.length > 0 ? { mistakes } : { options };
}

function amounts(defaults: AmountsOfResources = {}, cpu: string | undefined, memory: string | undefined) {
  return { ...defaults, ...(cpu !== undefined && { cpu }), ...(memory !== undefined && { memory }) };
}

/** The API server has checked that it is the value of a label; that may be empty. */
function roleMistakes(role: string): string[] {
  return /^[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/.test(role)
    ? []
    : [`label ${roleLabel}: '${shown(role)}' is not a role: write the name that the role has in application.yml`];
}

const known: ReadonlySet<string> = new Set(Object.values(annotations));

/** Annotations of ours that mean nothing: most likely spelt wrongly, and the pod would not get what it asks for. */
function unknownAnnotations(given: Readonly<Record<string, string>>): string[] {
  return Object.keys(given).filter((key) => key.startsWith(prefix) && !known.has(key));
}

function unknownAnnotation(key: string): string {
  const names = Object.values(annotations).filter((name) => name !== annotations.injected);
  return `annotation ${shown(key)}: not known; there are ${names.join(", ")}`;
}

function portIn(address: string): number {
  return Number(address.slice(address.lastIndexOf(":") + 1));
}

function isPort(port: number): boolean {
  return port >= 1 && port <= 65_535;
}

/** A text of somebody else, short enough for a line. */
function shown(text = ""): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
