import { restrictedContainer } from "@exosphere/injector/pod";
import type { KubernetesProcess, SecretVariable } from "../application.ts";
import { objects, texts } from "../chart/chart-values.ts";
import type { Tree } from "../chart/tree.ts";
import { type Context, folders, labelsOf, placementOf, selectorOf, terminationSeconds } from "./context.ts";

/** The fields of a map. */
export type Fields = { readonly [key: string]: Tree | undefined };

/** What a pod is made of, beside what all have. */
export interface PodParts {
  readonly part: string;
  /** Where its values are: `gateway`, `roles/users`. */
  readonly path: string;
  readonly labels?: Fields;
  readonly containers: readonly Tree[];
  readonly initContainers?: readonly Tree[];
  readonly volumes: readonly Tree[];
}

/** The template of a pod: of the restricted profile of the Pod Security Standards, spread over zones and nodes. */
export function podTemplate(
  context: Context,
  { part, path, labels = {}, containers, initContainers, volumes }: PodParts,
) {
  const { application, values } = context;
  const spread = (topologyKey: string) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: selectorOf(context, part) },
  });
  return {
    metadata: {
      labels: { ...labelsOf(context, part), ...labels },
      annotations: values.block(`${path}/podAnnotations`, {}, "Annotations of its pods", texts),
    },
    spec: {
      // No process here asks the API server anything.
      automountServiceAccountToken: false,
      // Variables of other Services, such as EXO_PORT, would be taken for settings.
      enableServiceLinks: false,
      imagePullSecrets: values.block(
        "imagePullSecrets",
        [],
        "Secrets with which images are pulled: [{name: …}]",
        objects,
      ),
      terminationGracePeriodSeconds: terminationSeconds(context),
      securityContext: {
        runAsNonRoot: true,
        runAsUser: application.user,
        runAsGroup: application.user,
        fsGroup: application.user,
        seccompProfile: { type: "RuntimeDefault" },
      },
      topologySpreadConstraints: [spread("topology.kubernetes.io/zone"), spread("kubernetes.io/hostname")],
      ...placementOf(context, path),
      initContainers,
      containers,
      volumes: [...volumes, { name: "tmp", emptyDir: { sizeLimit: "256Mi" } }],
    },
  };
}

/** A container of Exosphere or of an app: of the restricted profile, with a folder for temporary files. */
export function container(parts: Fields & { readonly volumeMounts?: readonly Tree[]; readonly isReadOnly?: boolean }) {
  const { volumeMounts = [], isReadOnly = true, ...more } = parts;
  return {
    ...more,
    securityContext: { ...restrictedContainer, readOnlyRootFilesystem: isReadOnly },
    terminationMessagePolicy: "FallbackToLogsOnError",
    volumeMounts: [...volumeMounts, { name: "tmp", mountPath: "/tmp" }],
  };
}

/** Probes of a process of Exosphere by its admin port. */
export function probes(port: string) {
  const get = (path: string) => ({ httpGet: { path, port } });
  return {
    startupProbe: { ...get("/livez"), periodSeconds: 1, failureThreshold: 60 },
    readinessProbe: { ...get("/readyz"), periodSeconds: 5, timeoutSeconds: 3 },
    livenessProbe: { ...get("/livez"), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
  };
}

/** What a process is promised and may use. */
export function resourcesOf({ values }: Context, path: string, { resources }: Pick<KubernetesProcess, "resources">) {
  const { requests = {}, limits = {} } = resources;
  return values.block(
    `${path}/resources`,
    { requests: { ...requests }, limits: { ...limits } },
    "What it is promised, and may use at most",
    {
      type: "object",
      additionalProperties: false,
      properties: { requests: amounts, limits: amounts },
    },
  );
}

const amounts = {
  type: "object",
  additionalProperties: false,
  properties: {
    cpu: { type: ["string", "number"] },
    memory: { type: "string" },
    "ephemeral-storage": { type: "string" },
  },
} as const;

/** Variables of a process: fixed ones, those from Secrets, and those that values add. */
export function environmentOf(
  { values }: Context,
  path: string,
  process: KubernetesProcess,
  fixed: readonly Tree[] = [],
): Tree {
  const { environment, secrets, secretFiles } = process;
  const further = values.block(`${path}/env`, [], "Further variables, as a container has them", objects);
  const all = [
    ...fixed,
    ...Object.entries(environment).map(([name, value]) => ({ name, value })),
    ...secrets.map(({ variable, secret, key }) => ({
      name: variable,
      valueFrom: { secretKeyRef: { name: secret, key } },
    })),
    ...secretFiles.map((each) => ({ name: each.variable, value: secretFile(each) })),
  ];
  // Alone it is a list that may be empty, which is left out then.
  return all.length === 0 ? further : [...all, further];
}

/** The volume with the files of a process that are secret, and where it is mounted. */
export function secretVolume({ secretFiles }: KubernetesProcess): { volumes: Tree[]; mounts: Tree[] } {
  if (secretFiles.length === 0) return { volumes: [], mounts: [] };
  const sources = secretFiles.map((each) => ({
    secret: { name: each.secret, items: [{ key: each.key, path: fileName(each) }] },
  }));
  return {
    volumes: [{ name: "secrets", projected: { sources } }],
    mounts: [{ name: "secrets", mountPath: folders.secrets, readOnly: true }],
  };
}

function secretFile(each: SecretVariable): string {
  return `${folders.secrets}/${fileName(each)}`;
}

function fileName({ secret, key }: SecretVariable): string {
  return `${secret}/${key}`;
}
