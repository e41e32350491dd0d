import { appEnvironment, roleLabel, sidecarContainer, sidecarVolumes, socketMount } from "@exosphere/injector/pod";
import type { KubernetesRole } from "../application.ts";
import { type Scalar, type Tree, text, when } from "../chart/tree.ts";
import { budget, dataClaim, quantityOf } from "./broker.ts";
import {
  brokerAddress,
  type Context,
  folders,
  https,
  type KubernetesObject,
  keyOf,
  nameOf,
  objectOf,
  platformImage,
  selectorOf,
  tokensSecret,
} from "./context.ts";
import { container, environmentOf, podTemplate, resourcesOf, secretVolume } from "./pod.ts";

/** Where apps take deliveries that come by HTTP: as the injector has it. */
const appPort = 4210;

/** Where the values of a role are. */
export function pathOf({ name }: KubernetesRole): string {
  return `roles/${name}`;
}

/** The host by which people reach a role that serves them. */
export function hostOf({ application, values }: Context, role: KubernetesRole): Scalar {
  const fallback = role.host ?? `${role.name}.${application.name}.example`;
  return values.text(`${pathOf(role)}/host`, fallback, "Name by which people reach it", { minLength: 1 });
}

/** A role: a Deployment whose pods have the sidecar that the injector would give them, and a Service if it serves people. */
export function roleObjects(context: Context, role: KubernetesRole): KubernetesObject[] {
  const { values } = context;
  const [part, path] = [role.name, pathOf(role)];
  const replicas = values.number(`${path}/replicas`, role.instances, "Instances; autoscaling changes their number");
  const secret = secretVolume(role);
  const template = podTemplate(context, {
    part,
    path,
    labels: { [roleLabel]: keyOf(role) },
    initContainers: [sidecarOf(context, role)],
    containers: [appOf(context, role)],
    volumes: [
      ...(sidecarVolumes({ role: keyOf(role), tokensSecret: "tokens" }) as unknown as Tree[]).map((volume) =>
        withSecret(context, volume),
      ),
      ...secret.volumes,
    ],
  });
  const shared = {
    // Where something else changes the number, it is not set: each upgrade would put it back.
    replicas: role.autoscaling === undefined ? replicas : undefined,
    selector: { matchLabels: selectorOf(context, part) },
    template,
  };
  const workload: KubernetesObject = {
    ...objectOf(context, "apps/v1", kindOf(role), part),
    spec:
      role.storageBytes === undefined
        ? { ...shared, strategy }
        : { ...shared, ...storedBy(context, role, role.storageBytes) },
  };
  return [workload, ...serviceOf(context, role), ...autoscalerOf(context, role), budget(context, part)];
}

/** An instance leaves only when a new one is there. */
const strategy = { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } } as const;

/** Instances that keep files have names and volumes of their own. */
function kindOf({ storageBytes }: KubernetesRole): "Deployment" | "StatefulSet" {
  return storageBytes === undefined ? "Deployment" : "StatefulSet";
}

function storedBy(context: Context, role: KubernetesRole, bytes: number) {
  const help = "Room for files that each instance keeps; cannot be changed later";
  const storage = context.values.text(`${pathOf(role)}/storage`, quantityOf(bytes), help);
  return { serviceName: nameOf(context, role.name), ...dataClaim(storage) };
}

/** The sidecar as the injector makes it, with values in the places that installations change. */
function sidecarOf(context: Context, role: KubernetesRole): Tree {
  const { application } = context;
  const made = sidecarContainer({
    role: role.role,
    image: application.image,
    broker: [brokerAddress(context)],
    appPort,
    resources: {},
    tokensSecret: "tokens",
  });
  return {
    ...(made as unknown as { readonly [key: string]: Tree }),
    image: platformImage(context),
    resources: resourcesOf(context, "sidecars", application.sidecars),
    env: environmentOf(context, "sidecars", application.sidecars),
  };
}

/** The name of the Secret is a value. */
function withSecret(context: Context, volume: Tree): Tree {
  const { secret } = volume as { readonly secret?: { readonly [key: string]: Tree } };
  if (secret === undefined) return volume;
  return { ...(volume as { readonly [key: string]: Tree }), secret: { ...secret, secretName: tokensSecret(context) } };
}

function appOf(context: Context, role: KubernetesRole): Tree {
  const { application, values } = context;
  const path = pathOf(role);
  const { publicPort: port } = role;
  const gateway =
    application.gateway && values.text("gateway/host", application.gateway.host, gatewayHostHelp, { minLength: 1 });
  const fixed: Tree[] = [
    ...appEnvironment({ role: role.role, appPort }),
    ...(port === undefined ? [] : [{ name: "PORT", value: String(port) }]),
    ...(role.storageBytes === undefined ? [] : [{ name: "EXO_DATA_DIR", value: folders.data }]),
    ...(gateway === undefined ? [] : [{ name: "EXO_GATEWAY_URL", value: https(gateway) }]),
  ];
  return container({
    name: "app",
    image: values.image(`${path}/image`, role.image, "Image of its app, with a version"),
    env: environmentOf(context, path, role, fixed),
    ...(port !== undefined && {
      ports: [{ name: "http", containerPort: port }],
      readinessProbe: { tcpSocket: { port: "http" }, periodSeconds: 5 },
    }),
    resources: resourcesOf(context, path, role),
    isReadOnly: role.isReadOnly,
    volumeMounts: [
      socketMount,
      ...(role.storageBytes === undefined ? [] : [{ name: "data", mountPath: folders.data }]),
      ...secretVolume(role).mounts,
    ],
  });
}

/** What is said of the value by which clients find the gateway. */
export const gatewayHostHelp = "Name by which clients reach it";

/** For people, or to name instances that keep files. */
function serviceOf(context: Context, role: KubernetesRole): KubernetesObject[] {
  const part = role.name;
  const service = objectOf(context, "v1", "Service", part);
  const selector = selectorOf(context, part);
  if (role.publicPort !== undefined)
    return [{ ...service, spec: { selector, ports: [{ name: "http", port: 80, targetPort: "http" }] } }];
  return role.storageBytes === undefined ? [] : [{ ...service, spec: { clusterIP: "None", selector } }];
}

/** By the CPU of the app; by what waits for the role as well, where something brings that metric to Kubernetes. */
function autoscalerOf(context: Context, role: KubernetesRole): KubernetesObject[] {
  const { values } = context;
  const { autoscaling } = role;
  if (autoscaling === undefined) return [];
  const [part, path] = [role.name, pathOf(role)];
  const value = (key: string, fallback: number, help: string) =>
    values.number(`${path}/autoscaling/${key}`, fallback, help, { minimum: 1 });
  const queue = values.number(
    `${path}/autoscaling/queueMessages`,
    0,
    "Messages that may wait for each instance (exocom_queue_messages, by an adapter of external metrics); 0: they do not count",
  );
  return [
    {
      ...objectOf(context, "autoscaling/v2", "HorizontalPodAutoscaler", part),
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: kindOf(role), name: nameOf(context, part) },
        minReplicas: value("min", autoscaling.min, "Instances at least"),
        maxReplicas: value("max", autoscaling.max, "Instances at most"),
        metrics: [
          {
            type: "ContainerResource",
            containerResource: {
              name: "cpu",
              container: "app",
              target: {
                type: "Utilization",
                averageUtilization: value(
                  "cpuPercent",
                  autoscaling.cpuPercent,
                  "Percent of the CPU that its app is promised",
                ),
              },
            },
          },
          when(queue, {
            type: "External",
            external: {
              metric: { name: "exocom_queue_messages", selector: { matchLabels: { role: role.role } } },
              target: { type: "AverageValue", averageValue: text`${queue}` },
            },
          }),
        ],
        // Activities stay with their instance: those that go take them along, so that going should be rare.
        behavior: { scaleDown: { stabilizationWindowSeconds: 300 } },
      },
    },
  ];
}
