import { append, type PatchOperation, pointer, prepend } from "./json-patch.ts";
import type { Container, Pod } from "./pod.ts";
import type { SidecarOptions } from "./sidecar-options.ts";
import { appEnvironment, sidecarContainer, sidecarName, sidecarVolumes, socketMount } from "./sidecar-parts.ts";
import { annotations, roleLabel, type SidecarDefaults, wantedSidecar } from "./wanted-sidecar.ts";

/** What becomes of a pod that is being created. */
export type Verdict =
  | { readonly kind: "ignored" }
  | { readonly kind: "refused"; readonly mistakes: readonly string[] }
  | {
      readonly kind: "injected";
      readonly role: string;
      readonly patch: readonly PatchOperation[];
      readonly warnings: readonly string[];
    };

/** What decides about pods, beside the pods themselves. */
export interface InjectionRules {
  readonly defaults: SidecarDefaults;
  /** Namespaces whose pods stay as they are. */
  readonly excludedNamespaces: ReadonlySet<string>;
  /** Version of this program, for the annotation. */
  readonly version: string;
  /** Seconds that a pod needs to end: the grace of its sidecar and some for the probes. */
  readonly leastGraceSeconds: number;
}

/**
 * Says whether a pod gets a sidecar. One that asks for it wrongly is refused, with everything that is wrong: without its sidecar it
 * would run and take no part in the application, and nobody would notice.
 */
export function judgePod(pod: Pod, namespace: string, rules: InjectionRules): Verdict {
  const role = pod.metadata?.labels?.[roleLabel];
  if (role === undefined || rules.excludedNamespaces.has(namespace) || hasSidecar(pod)) return { kind: "ignored" };
  const wanted = wantedSidecar(role, pod, rules.defaults);
  const mistakes = [...("mistakes" in wanted ? wanted.mistakes : []), ...podMistakes(pod)];
  if (mistakes.length > 0 || "mistakes" in wanted) return { kind: "refused", mistakes };
  return {
    kind: "injected",
    role,
    patch: patchOf(pod, wanted.options, rules.version),
    warnings: warningsOf(pod, wanted.options, rules),
  };
}

/** Also one that was written by hand, or by `exo deploy kubernetes`. */
function hasSidecar({ spec }: Pod): boolean {
  return [...(spec.initContainers ?? []), ...spec.containers].some(({ name }) => name === sidecarName);
}

/** Why a pod can have no sidecar, whichever it asks for. */
function podMistakes({ spec }: Pod): string[] {
  const mistakes: string[] = [];
  if (spec.hostNetwork === true)
    mistakes.push(
      `spec.hostNetwork: every process of the node could send as this role; leave it out, or take the label ${roleLabel} away`,
    );
  if (spec.os !== undefined && spec.os.name !== "linux")
    mistakes.push(`spec.os.name: sidecars run on linux, not '${spec.os.name}'`);
  const ours: ReadonlySet<string> = new Set(
    sidecarVolumes({ role: "any", tokensSecret: "any" }).map(({ name }) => name),
  );
  for (const { name } of spec.volumes ?? [])
    if (ours.has(name)) mistakes.push(`spec.volumes: '${name}' is the name of a volume of the sidecar; rename it`);
  for (const { name, volumeMounts = [] } of appContainers({ spec }))
    if (volumeMounts.some(({ mountPath }) => mountPath.replace(/\/+$/, "") === socketMount.mountPath))
      mistakes.push(`container '${name}': ${socketMount.mountPath} is where the sidecar's socket is; mount elsewhere`);
  return mistakes;
}

function appContainers({ spec }: Pick<Pod, "spec">): readonly Container[] {
  return [...(spec.initContainers ?? []), ...spec.containers];
}

function patchOf(pod: Pod, options: SidecarOptions, version: string): PatchOperation[] {
  const { metadata = {}, spec } = pod;
  return [
    metadata.annotations === undefined
      ? { op: "add", path: "/metadata/annotations", value: { [annotations.injected]: version } }
      : { op: "add", path: pointer("metadata", "annotations", annotations.injected), value: version },
    ...append(spec.volumes, sidecarVolumes(options), "/spec/volumes"),
    ...spec.containers.flatMap((each, index) => forApp(each, options, pointer("spec", "containers", index))),
    ...(spec.initContainers ?? []).flatMap((each, index) =>
      forApp(each, options, pointer("spec", "initContainers", index)),
    ),
    // Last, as it moves the others: first of all, so that the app finds it when it starts, init containers as well.
    ...prepend(spec.initContainers, sidecarContainer(options), "/spec/initContainers"),
  ];
}

/** What a container of the app is given. What it has set itself, it keeps. */
function forApp({ env, volumeMounts }: Container, options: SidecarOptions, path: string): PatchOperation[] {
  const own = new Set(env?.map(({ name }) => name));
  const variables = appEnvironment(options).filter(({ name }) => !own.has(name));
  return [...append(env, variables, `${path}/env`), ...append(volumeMounts, [socketMount], `${path}/volumeMounts`)];
}

function warningsOf(pod: Pod, options: SidecarOptions, { leastGraceSeconds }: InjectionRules): string[] {
  const { spec } = pod;
  const warnings = appContainers(pod).flatMap(({ name, env = [] }) =>
    appEnvironment(options).flatMap((ours) => {
      const own = env.find((each) => each.name === ours.name);
      if (own === undefined || own.value === ours.value) return [];
      return [`container '${name}' keeps its own ${ours.name}; its sidecar would give it '${ours.value}'`];
    }),
  );
  if (options.tokensSecret === undefined)
    warnings.push(
      `the sidecar gets no token, and brokers refuse it unless they are in the same pod: name a Secret with ${annotations.tokensSecret}`,
    );
  const { terminationGracePeriodSeconds: grace = 30 } = spec;
  if (grace < leastGraceSeconds)
    warnings.push(
      `spec.terminationGracePeriodSeconds: ${grace} s is too short for the sidecar to finish; give it ${leastGraceSeconds}`,
    );
  return warnings;
}
