import { tokenKeys } from "@exosphere/injector/pod";
import {
  brokerAddress,
  type Context,
  folders,
  graceFlag,
  type KubernetesObject,
  objectOf,
  platformImage,
  ports,
  selectorOf,
  tokensSecret,
} from "./context.ts";
import { container, environmentOf, podTemplate, probes, resourcesOf, secretVolume } from "./pod.ts";

const part = "dashboard";

/**
 * The dashboard. It shows what services say to each other, and so listens on loopback: `kubectl port-forward` reaches it, and asks
 * whoever calls that for their rights. It needs no Service.
 */
export function dashboardObjects(context: Context): KubernetesObject[] {
  const { application } = context;
  const secret = secretVolume(application.dashboard);
  const items = [{ key: tokenKeys.admin, path: tokenKeys.admin }];
  const volumes = [
    { name: "tokens", secret: { secretName: tokensSecret(context), items } },
    { name: "data", emptyDir: { sizeLimit: "1Gi" } },
    ...secret.volumes,
  ];
  const containers = [
    container({
      name: part,
      image: platformImage(context),
      command: ["exo-analytics"],
      args: [
        `--broker=${brokerAddress(context)}`,
        `--admin-token-file=${folders.tokens}/${tokenKeys.admin}`,
        `--data-dir=${folders.data}`,
        "--admin-host=0.0.0.0",
        `--admin-port=${ports.dashboardAdmin}`,
        graceFlag(context),
      ],
      env: environmentOf(context, part, application.dashboard),
      ports: [{ name: "admin", containerPort: ports.dashboardAdmin }],
      ...probes("admin"),
      resources: resourcesOf(context, part, application.dashboard),
      volumeMounts: [
        { name: "tokens", mountPath: folders.tokens, readOnly: true },
        { name: "data", mountPath: folders.data },
        ...secret.mounts,
      ],
    }),
  ];
  return [
    {
      ...objectOf(context, "apps/v1", "Deployment", part),
      spec: {
        replicas: 1,
        selector: { matchLabels: selectorOf(context, part) },
        template: podTemplate(context, { part, path: part, containers, volumes }),
      },
    },
  ];
}
