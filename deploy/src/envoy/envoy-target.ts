import type { EnvoyDeployment } from "@exosphere/application";
import {
  type BrokerProxy,
  brokerProxy,
  type Endpoint,
  type GatewayProxy,
  gatewayProxy,
  serverSecret,
} from "@exosphere/envoy";
import { stringify } from "yaml";
import type { Deployment } from "../deployment.ts";
import { hashHead } from "../generated-head.ts";
import type { DeployFile, Target } from "../target.ts";
import { envoyChecker, listenerChecker } from "./envoy-checkers.ts";

/** Where Envoy's images and packages look for configurations. */
export const envoyFolder = "/etc/envoy";

/** Ports of Envoy's own admin interfaces, on loopback. */
const adminPorts = { gateway: 9901, broker: 9902 } as const;

const anyAddress = "0.0.0.0";

/** Envoy: in front of the gateway, and between sidecars and the broker. */
export const envoyTarget: Target = {
  name: "envoy",
  does: "configurations of Envoy, in front of the gateway and between sidecars and the broker",
  files: envoyFiles,
  next,
  checkers: [listenerChecker, envoyChecker],
};

function envoyFiles(deployment: Deployment): readonly DeployFile[] {
  const { envoy, gateway } = deployment;
  const file = (path: string, content: object): DeployFile => ({
    path,
    text: hashHead(deployment, "envoy") + stringify(content, { lineWidth: 0, aliasDuplicateObjects: false }),
  });
  return [
    ...(gateway === undefined
      ? []
      : [
          file("gateway.yaml", gatewayProxy(gatewayProxyOf(deployment))),
          file("tls.yaml", serverSecret(envoy.certificate, envoy.key)),
        ]),
    file("broker.yaml", brokerProxy(brokerProxyOf(deployment))),
  ];
}

function gatewayProxyOf({ name, host, envoy }: Deployment): GatewayProxy {
  const { requestsPerConnection, requestsPerSecond } = envoy;
  return {
    name: `${name}-gateway`,
    adminPort: adminPorts.gateway,
    maxConnections: envoy.maxConnections,
    listen: { host: anyAddress, port: envoy.port },
    certificate: { secretFile: `${envoyFolder}/tls.yaml`, oldest: tlsOf(envoy) },
    redirectFrom: { host: anyAddress, port: envoy.redirectPort },
    hsts: envoy.isHsts ? "max-age=31536000" : undefined,
    hosts: [host ?? "*"],
    gateways: [endpointOf(envoy.gateway)],
    gatewayAdminPort: envoy.gatewayAdminPort,
    perConnection: { perSecond: requestsPerConnection, burst: 2 * requestsPerConnection },
    ofAll: { perSecond: requestsPerSecond, burst: 2 * requestsPerSecond },
  };
}

function brokerProxyOf({ name, envoy }: Deployment): BrokerProxy {
  return {
    name: `${name}-broker`,
    adminPort: adminPorts.broker,
    maxConnections: envoy.maxConnections,
    listen: { host: anyAddress, port: envoy.brokerPort },
    // One name for each broker comes with TLS between them.
    brokers: [{ ...endpointOf(envoy.broker), serverName: undefined }],
  };
}

function tlsOf({ oldestTls }: EnvoyDeployment): "TLSv1_2" | "TLSv1_3" {
  return oldestTls === "1.2" ? "TLSv1_2" : "TLSv1_3";
}

function endpointOf(address: string): Endpoint {
  const colon = address.lastIndexOf(":");
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
}

function next({ gateway, host, envoy }: Deployment, folder: string): readonly string[] {
  if (gateway === undefined) return [`envoy -c ${folder}/broker.yaml`];
  const name = host ?? "the name by which clients call";
  return [
    `put what is in ${folder} into ${envoyFolder}, and the certificate of ${name} into ${envoy.certificate} and ${envoy.key}`,
    `envoy -c ${envoyFolder}/gateway.yaml, and the gateway with --trusted-proxies <address of Envoy> --allow-hosts ${host ?? "<name>"}`,
  ];
}
