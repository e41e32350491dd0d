import { createHash } from "node:crypto";
import type { DeployedGateway, DeployedProcess, Deployment } from "../deployment.ts";
import { usualPorts } from "../deployment.ts";
import { dataFolder } from "../images/base-images.ts";
import { dockerfileOf, platformDockerfilePath } from "../images/image-files.ts";
import { environmentFile } from "../own-secrets.ts";
import { argumentsOf } from "../process-arguments.ts";
import { publicPorts, publicSites } from "../public-ports.ts";
import { type ComposeInstance, instancesOf, portVariable } from "./compose-names.ts";
import { attachSecret, mounted, secretFilesOf, secretPath } from "./compose-secrets.ts";
import { hardened, readyCheck } from "./hardening.ts";

const { broker, brokerAdmin, sidecar, sidecarAdmin, app, gateway, gatewayAdmin, dashboard, dashboardAdmin } =
  usualPorts;

const brokerAddress = `broker:${broker}`;
const socketFolder = "/run/exosphere";
const configFolder = "/etc/exosphere";

/** The broker. */
export function brokerService(deployment: Deployment) {
  return platform(deployment, deployment.broker, "broker", {
    command: [
      "exocom",
      "serve",
      ...argumentsOf({
        ...{ host: "0.0.0.0", port: broker, grace: grace(deployment) },
        ...{ routes: `${configFolder}/routes.json`, "attach-tokens": secretPath("attach-tokens") },
        ...admin("broker", brokerAdmin, "admin-token"),
      }),
    ],
    configs: [mounted("routes", `${configFolder}/routes.json`)],
    secrets: [mounted("attach-tokens"), mounted("admin-token")],
    volumes: [`broker-data:${dataFolder}`],
    // The rest waits for it no longer than it takes to bind its ports.
    healthcheck: readyCheck(brokerAdmin),
    labels: { "exosphere.routes": hashOf(deployment.routesJson) },
  });
}

/** The gateway. */
export function gatewayService(deployment: Deployment, own: DeployedGateway) {
  const { host } = deployment;
  const origins = publicSites(deployment.services);
  return platform(deployment, own, "gateway", {
    command: [
      "exo-gateway",
      ...argumentsOf({
        ...{ broker: brokerAddress, host: "0.0.0.0", port: gateway, grace: grace(deployment) },
        ...{ rules: `${configFolder}/rules.json`, state: `${dataFolder}/sessions.sqlite` },
        "attach-token-file": secretPath("attach-token"),
        "allow-hosts": host,
        "public-url": host && `https://${host}`,
        "allow-origins": origins.length > 0 ? origins.join(",") : undefined,
        ...admin("gateway", gatewayAdmin, "metrics-token"),
      }),
    ],
    configs: [mounted("rules", `${configFolder}/rules.json`)],
    secrets: [mounted(attachSecret("gateway"), "attach-token"), mounted("metrics-token")],
    volumes: [`gateway-data:${dataFolder}`],
    ports: [published("gateway", gateway, gateway)],
    depends_on: ["broker"],
    healthcheck: readyCheck(gatewayAdmin),
    labels: { "exosphere.rules": hashOf(own.rulesJson) },
  });
}

/** The dashboard, for those who ask for it. */
export function dashboardService(deployment: Deployment) {
  return platform(deployment, deployment.dashboard, "dashboard", {
    profiles: ["dashboard"],
    command: [
      "exo-analytics",
      ...argumentsOf({
        ...{ broker: brokerAddress, host: "0.0.0.0", port: dashboard, grace: grace(deployment) },
        ...{ "data-dir": dataFolder, "token-file": secretPath("dashboard-token") },
        ...admin("dashboard", dashboardAdmin, "admin-token"),
      }),
    ],
    secrets: [mounted("dashboard-token"), mounted("admin-token")],
    volumes: [`dashboard-data:${dataFolder}`],
    ports: [published("dashboard", dashboard, dashboard)],
    depends_on: ["broker"],
    healthcheck: readyCheck(dashboardAdmin),
  });
}

/** The sidecar of an instance: its network is the instance's as well, so that they meet on loopback and nothing else reaches them. */
export function sidecarService(deployment: Deployment, instance: ComposeInstance) {
  const { service, name } = instance;
  const port = service.publicPort;
  const hostPort = publicPorts(deployment.services).get(service) ?? 0;
  return platform(deployment, service.sidecar, instance.sidecar, {
    command: [
      "exo-sidecar",
      ...argumentsOf({
        ...{ role: service.role, broker: brokerAddress, port: sidecar, grace: grace(deployment) },
        ...{ app: `http://127.0.0.1:${app}`, socket: `${socketFolder}/sidecar.sock` },
        "attach-token-file": secretPath("attach-token"),
        ...admin(instance.sidecar, sidecarAdmin, "metrics-token"),
      }),
    ],
    secrets: [mounted(attachSecret(service.name), "attach-token"), mounted("metrics-token")],
    volumes: [`${instance.socket}:${socketFolder}`],
    ...(port !== undefined && instance.number === 1 && { ports: [published(name, hostPort, port)] }),
    depends_on: ["broker"],
    healthcheck: readyCheck(sidecarAdmin),
  });
}

/** An instance of a service, in the network of its sidecar. */
export function appService(deployment: Deployment, instance: ComposeInstance) {
  const { service, name } = instance;
  const { publicPort, storageBytes, build, image, isReadOnly } = service;
  const { user, ...rest } = hardened(service, deployment, isReadOnly);
  const { mounts, environment } = secretFilesOf(service);
  const envFile = environmentFile(name, service);
  return {
    image,
    ...(build && {
      build: { context: deployment.rootFromOutput, dockerfile: fromRoot(deployment, dockerfileOf(service)) },
    }),
    // An image that is made elsewhere has a user of its own.
    ...(build && { user }),
    network_mode: `service:${instance.sidecar}`,
    // A sidecar that is made anew has another network: the instance has to join that.
    depends_on: { [instance.sidecar]: { condition: "service_started", restart: true } },
    environment: literals({
      ...publicEnvironment(deployment),
      ...(storageBytes !== undefined && { EXO_DATA_DIR: dataFolder }),
      ...(publicPort !== undefined && { HOST: "0.0.0.0", PORT: String(publicPort) }),
      ...service.environment,
      ...environment,
      ROLE: service.role,
      EXOCOM_HOST: "127.0.0.1",
      EXOCOM_PORT: String(sidecar),
      EXOCOM_SOCKET: `${socketFolder}/sidecar.sock`,
      EXORELAY_PORT: String(app),
    }),
    ...(envFile !== undefined && { env_file: [`./${envFile}`] }),
    ...(mounts.length > 0 && { secrets: mounts }),
    volumes: [
      `${instance.socket}:${socketFolder}`,
      ...(storageBytes === undefined ? [] : [`${instance.data}:${dataFolder}`]),
    ],
    ...rest,
  };
}

function publicEnvironment({ gateway: own, host }: Deployment): Readonly<Record<string, string>> {
  if (own === undefined) return {};
  return { EXO_GATEWAY_URL: host === undefined ? `http://127.0.0.1:${gateway}` : `https://${host}` };
}

/** What containers of the image with the commands of Exosphere have in common. */
function platform(
  deployment: Deployment,
  own: DeployedProcess,
  name: string,
  parts: Readonly<Record<string, unknown>>,
) {
  const { mounts, environment } = secretFilesOf(own);
  const envFile = environmentFile(name, own);
  const { secrets, command, ...rest } = parts;
  const variables = { ...own.environment, ...environment };
  return {
    image: deployment.platformImage,
    build: { context: ".", dockerfile: platformDockerfilePath },
    command: (command as readonly string[]).map(literal),
    ...rest,
    ...(Object.keys(variables).length > 0 && { environment: literals(variables) }),
    ...(envFile !== undefined && { env_file: [`./${envFile}`] }),
    secrets: [...(secrets as readonly unknown[]), ...mounts],
    networks: ["bus"],
    ...hardened(own, deployment),
  };
}

/** The admin port, for health checks and for a Prometheus on the same network; nothing publishes it. */
function admin(name: string, port: number, token: string) {
  return {
    "admin-host": "0.0.0.0",
    "admin-port": port,
    "admin-allow-hosts": name,
    "admin-token-file": secretPath(token),
  };
}

function published(name: string, hostPort: number, port: number): string {
  return `127.0.0.1:\${${portVariable(name)}:-${hostPort}}:${port}`;
}

function fromRoot({ rootFromOutput, outputFromRoot }: Deployment, path: string): string {
  return rootFromOutput === "." ? path : `${outputFromRoot}/${path}`;
}

/** A text that Compose does not put variables into. */
function literal(text: string): string {
  return text.replaceAll("$", "$$$$");
}

function literals(variables: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, literal(value)]));
}

function grace({ graceMs }: Deployment): string {
  return `${graceMs}ms`;
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** Every instance of every service. */
export function allInstances({ services }: Deployment): readonly ComposeInstance[] {
  return services.flatMap(instancesOf);
}
