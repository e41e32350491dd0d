import { tokenKeys } from "@exosphere/injector/pod";
import type { KubernetesGateway } from "../application.ts";
import { type Composed, type Tree, text } from "../chart/tree.ts";
import { budget, dataClaim } from "./broker.ts";
import {
  brokerAddress,
  type Context,
  folders,
  graceFlag,
  type KubernetesObject,
  keyOf,
  nameOf,
  objectOf,
  platformImage,
  ports,
  selectorOf,
  tokensSecret,
} from "./context.ts";
import { container, environmentOf, podTemplate, probes, resourcesOf, secretVolume } from "./pod.ts";
import { gatewayHostHelp, hostOf } from "./role.ts";

const part = "gateway";

/** Networks that clusters use: proxies within them are believed who called them. */
const clusterNetworks = "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,fd00::/8";

/** Seconds in which the proxies before a gateway learn that it goes, before it takes no new connections. */
const announceSeconds = 5;

/**
 * The gateway: a StatefulSet of one, so that there are never two. Gateways of one role would take each other's messages. Its
 * sessions are stored, and clients take them up again after an upgrade.
 */
export function gatewayObjects(context: Context, gateway: KubernetesGateway): KubernetesObject[] {
  const { values } = context;
  const storage = values.text("gateway/storage", "1Gi", "Room for the sessions of clients; cannot be changed later");
  const selector = selectorOf(context, part);
  const secret = secretVolume(gateway);
  const items = [
    { key: tokenKeys.role(keyOf(gateway)), path: "attach-token" },
    { key: tokenKeys.metrics, path: tokenKeys.metrics },
  ];
  const volumes = [
    { name: "config", configMap: { name: nameOf(context, "gateway-rules") } },
    { name: "tokens", secret: { secretName: tokensSecret(context), items } },
    ...secret.volumes,
  ];
  return [
    {
      ...objectOf(context, "v1", "ConfigMap", "gateway-rules"),
      data: { "gateway.json": gateway.rulesJson },
    },
    {
      ...objectOf(context, "v1", "Service", part),
      spec: { selector, ports: [{ name: "http", port: 80, targetPort: "http" }] },
    },
    {
      ...objectOf(context, "apps/v1", "StatefulSet", part),
      spec: {
        replicas: 1,
        serviceName: nameOf(context, part),
        selector: { matchLabels: selector },
        template: podTemplate(context, { part, path: part, containers: [gatewayContainer(context, gateway)], volumes }),
        ...dataClaim(storage),
      },
    },
    budget(context, part),
  ];
}

function gatewayContainer(context: Context, gateway: KubernetesGateway): Tree {
  const { values } = context;
  const host = values.text("gateway/host", gateway.host, gatewayHostHelp, { minLength: 1 });
  const trusted = values.text(
    "gateway/trustedProxies",
    clusterNetworks,
    "Networks of the proxies before it, whose X-Forwarded-For is believed",
  );
  return container({
    name: part,
    image: platformImage(context),
    command: ["exo-gateway"],
    args: [
      `--role=${gateway.role}`,
      `--rules=${folders.config}/gateway.json`,
      `--broker=${brokerAddress(context)}`,
      "--host=0.0.0.0",
      `--port=${ports.gateway}`,
      "--admin-host=0.0.0.0",
      `--admin-port=${ports.gatewayAdmin}`,
      `--attach-token-file=${folders.tokens}/attach-token`,
      `--admin-token-file=${folders.tokens}/${tokenKeys.metrics}`,
      `--state=${folders.data}/sessions.sqlite`,
      text`--allow-hosts=${host}`,
      text`--public-url=https://${host}`,
      text`--trusted-proxies=${trusted}`,
      graceFlag(context),
      ...sites(context),
      values.block("gateway/args", [], "Further flags of exo-gateway", { type: "array", items: { type: "string" } }),
    ],
    env: environmentOf(context, part, gateway),
    ports: [
      { name: "http", containerPort: ports.gateway },
      { name: "admin", containerPort: ports.gatewayAdmin },
    ],
    ...probes("admin"),
    lifecycle: { preStop: { sleep: { seconds: announceSeconds } } },
    resources: resourcesOf(context, part, gateway),
    volumeMounts: [
      { name: "config", mountPath: folders.config, readOnly: true },
      { name: "tokens", mountPath: folders.tokens, readOnly: true },
      { name: "data", mountPath: folders.data },
      ...secretVolume(gateway).mounts,
    ],
  });
}

/** The pages of the application may call the gateway. */
function sites(context: Context): Composed[] {
  const hosts = context.application.roles
    .filter(({ publicPort }) => publicPort !== undefined)
    .map((role) => hostOf(context, role));
  if (hosts.length === 0) return [];
  const parts = hosts.flatMap((host, index) => [index === 0 ? "--allow-origins=https://" : ",https://", host]);
  return [{ node: "composed", parts }];
}
