import { tokenKeys } from "@exosphere/injector/pod";
import { type Scalar, type Tree, text, when } from "../chart/tree.ts";
import {
  type Context,
  folders,
  graceFlag,
  type KubernetesObject,
  nameOf,
  objectOf,
  platformImage,
  ports,
  selectorOf,
  tokensSecret,
} from "./context.ts";
import { container, environmentOf, podTemplate, probes, resourcesOf, secretVolume } from "./pod.ts";

const part = "broker";

/**
 * The broker: a StatefulSet with a headless Service, as links need each broker by its name, and with storage from the beginning, as
 * what a StatefulSet stores cannot be changed later. One replica: brokers that know nothing of each other would divide the roles.
 */
export function brokerObjects(context: Context): KubernetesObject[] {
  const { application, values } = context;
  const selector = { matchLabels: selectorOf(context, part) };
  const storageClass = values.text("broker/storageClass", "", "Kind of that storage; default: that of the cluster");
  const storage = values.text(
    "broker/storage",
    quantityOf(application.broker.storageBytes),
    "Room for what the broker keeps; cannot be changed later",
  );
  const secret = secretVolume(application.broker);
  const items = [tokenKeys.roles, tokenKeys.admin].map((key) => ({ key, path: key }));
  const volumes = [
    { name: "config", configMap: { name: nameOf(context, "routes") } },
    { name: "tokens", secret: { secretName: tokensSecret(context), items } },
    ...secret.volumes,
  ];
  return [
    {
      ...objectOf(context, "v1", "ConfigMap", "routes"),
      data: { "routes.json": application.broker.routesJson },
    },
    {
      ...objectOf(context, "v1", "Service", part),
      spec: {
        clusterIP: "None",
        selector: selectorOf(context, part),
        ports: [
          { name: "grpc", port: ports.grpc, targetPort: "grpc", appProtocol: "kubernetes.io/h2c" },
          { name: "admin", port: ports.brokerAdmin, targetPort: "admin" },
        ],
      },
    },
    {
      ...objectOf(context, "apps/v1", "StatefulSet", part),
      spec: {
        replicas: 1,
        serviceName: nameOf(context, part),
        selector,
        template: podTemplate(context, { part, path: part, containers: [brokerContainer(context)], volumes }),
        ...dataClaim(storage, when(storageClass, storageClass)),
      },
    },
    budget(context, part),
  ];
}

function brokerContainer(context: Context) {
  const { application, values } = context;
  const { mounts } = secretVolume(application.broker);
  const level = values.text("broker/logLevel", "info", "What its log shows", { enum: logLevels });
  return container({
    name: part,
    image: platformImage(context),
    command: ["exocom", "serve"],
    args: [
      "--host=0.0.0.0",
      `--port=${ports.grpc}`,
      "--admin-host=0.0.0.0",
      `--admin-port=${ports.brokerAdmin}`,
      `--routes=${folders.config}/routes.json`,
      `--attach-tokens=${folders.tokens}/${tokenKeys.roles}`,
      `--admin-token-file=${folders.tokens}/${tokenKeys.admin}`,
      graceFlag(context),
      text`--log-level=${level}`,
      values.block("broker/args", [], "Further flags of exocom serve", { type: "array", items: { type: "string" } }),
    ],
    env: environmentOf(context, part, application.broker),
    ports: [
      { name: "grpc", containerPort: ports.grpc },
      { name: "admin", containerPort: ports.brokerAdmin },
    ],
    ...probes("admin"),
    resources: resourcesOf(context, part, application.broker),
    volumeMounts: [
      { name: "config", mountPath: folders.config, readOnly: true },
      { name: "tokens", mountPath: folders.tokens, readOnly: true },
      { name: "data", mountPath: folders.data },
      ...mounts,
    ],
  });
}

/** Levels of a log. */
export const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"];

/** One pod of a part may be away when nodes are emptied: none at all would keep a node from being emptied for ever. */
export function budget(context: Context, part: string): KubernetesObject {
  return {
    ...objectOf(context, "policy/v1", "PodDisruptionBudget", part),
    spec: { maxUnavailable: 1, selector: { matchLabels: selectorOf(context, part) } },
  };
}

/** Bytes as Kubernetes writes them. */
export function quantityOf(bytes: number): string {
  const units = ["Gi", "Mi", "Ki"] as const;
  for (const [index, unit] of units.entries()) {
    const size = 1024 ** (3 - index);
    if (bytes >= size && bytes % size === 0) return `${bytes / size}${unit}`;
  }
  return String(bytes);
}

/** The volume `data` of each pod of a StatefulSet. It outlives the pod. */
export function dataClaim(storage: Scalar, storageClassName?: Tree) {
  const spec = { accessModes: ["ReadWriteOnce"], storageClassName, resources: { requests: { storage } } };
  return { volumeClaimTemplates: [{ metadata: { name: "data" }, spec }] };
}
