import { tokenPaths } from "../attach-tokens.ts";
import { type DeployedGateway, type DeployedProcess, type Deployment, usualPorts } from "../deployment.ts";
import { hashHead } from "../generated-head.ts";
import { startupWords } from "../images/startup-words.ts";
import { environmentFile, nameOf, pathOf } from "../own-secrets.ts";
import { argumentsOf } from "../process-arguments.ts";
import { publicSites } from "../public-ports.ts";
import type { DeployFile } from "../target.ts";
import { type HostInstance, hostInstances, hostPaths, userName } from "./host-plan.ts";
import { onlyLoopback, sandbox, sandboxComments } from "./sandbox.ts";
import { assignment, commandWord, literalText, type UnitSection, unitText } from "./unit-text.ts";

/** The folder for units in that of the target. */
export const unitsFolder = "units";

const broker = `127.0.0.1:${usualPorts.broker}`;

/** One process as a unit. */
interface ProcessUnit {
  readonly name: string;
  readonly description: string;
  /** Whose user it runs as. */
  readonly user: string;
  readonly process: DeployedProcess;
  readonly command: readonly string[];
  /** Files that only root may read, which the unit gets as credentials: name and path. */
  readonly credentials?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly unit?: UnitSection;
  readonly service?: UnitSection;
}

/** Every unit of an application. */
export function unitFiles(deployment: Deployment): readonly DeployFile[] {
  const { gateway } = deployment;
  const units = [
    brokerUnit(deployment),
    ...hostInstances(deployment).flatMap((each) => [sidecarUnit(deployment, each), appUnit(deployment, each)]),
    ...(gateway ? [gatewayUnit(deployment, gateway)] : []),
    dashboardUnit(deployment),
  ];
  return [targetUnit(deployment, units), ...units.map((unit) => serviceUnit(deployment, unit))];
}

function targetUnit(deployment: Deployment, units: readonly ProcessUnit[]): DeployFile {
  const wants = units.map(({ name }) => unitName(deployment, name)).join(" ");
  const text = unitText(hashHead(deployment, "systemd"), {
    Unit: { Description: literalText(`${deployment.application}, an application of Exosphere`), Wants: wants },
    Install: { WantedBy: "multi-user.target" },
  });
  return { path: `${unitsFolder}/${deployment.name}.target`, text };
}

function brokerUnit(deployment: Deployment): ProcessUnit {
  const { config, folder } = hostPaths(deployment);
  return {
    ...{ name: "broker", description: "the broker", user: "broker", process: deployment.broker },
    command: [
      "exocom",
      "serve",
      ...argumentsOf({
        ...{ routes: `${config}/routes.json`, port: usualPorts.broker, "admin-port": usualPorts.brokerAdmin },
        ...{ "attach-tokens": "%d/attach-tokens", "admin-token-file": "%d/admin-token", grace: grace(deployment) },
      }),
    ],
    credentials: { "attach-tokens": tokenPaths.attachTokens, "admin-token": tokenPaths.admin },
    service: { StateDirectory: `${folder}/broker`, ...onlyLoopback },
  };
}

function gatewayUnit(deployment: Deployment, own: DeployedGateway): ProcessUnit {
  const { config, folder } = hostPaths(deployment);
  const { host } = deployment;
  const sites = publicSites(deployment.services);
  return {
    ...{ name: "gateway", description: "the gateway", user: "gateway", process: own },
    command: [
      "exo-gateway",
      ...argumentsOf({
        ...{ broker, rules: `${config}/rules.json`, port: usualPorts.gateway, "admin-port": usualPorts.gatewayAdmin },
        ...{
          state: `%S/${folder}/gateway/sessions.sqlite`,
          "allow-hosts": host,
          "public-url": host && `https://${host}`,
        },
        ...{ "allow-origins": sites.length > 0 ? sites.join(",") : undefined, grace: grace(deployment) },
        ...{ "attach-token-file": "%d/attach-token", "admin-token-file": "%d/metrics-token" },
      }),
    ],
    credentials: { "attach-token": tokenPaths.attach("gateway"), "metrics-token": tokenPaths.metrics },
    unit: { After: unitName(deployment, "broker") },
    // Keys of tokens may be elsewhere.
    service: {
      StateDirectory: `${folder}/gateway`,
      ...("EXO_JWT_JWKS_URL" in own.environment ? {} : onlyLoopback),
    },
  };
}

function dashboardUnit(deployment: Deployment): ProcessUnit {
  const { folder } = hostPaths(deployment);
  return {
    ...{ name: "dashboard", description: "the dashboard", user: "dashboard", process: deployment.dashboard },
    command: [
      "exo-analytics",
      ...argumentsOf({
        ...{ broker, port: usualPorts.dashboard, "admin-port": usualPorts.dashboardAdmin, grace: grace(deployment) },
        ...{ "data-dir": `%S/${folder}/dashboard`, "token-file": "%d/dashboard-token" },
        "admin-token-file": "%d/admin-token",
      }),
    ],
    credentials: { "dashboard-token": tokenPaths.dashboard, "admin-token": tokenPaths.admin },
    unit: { After: unitName(deployment, "broker") },
    service: { StateDirectory: `${folder}/dashboard`, ...onlyLoopback },
  };
}

function sidecarUnit(deployment: Deployment, instance: HostInstance): ProcessUnit {
  const { service, name, edgePort, adminPort, appPort } = instance;
  return {
    ...{ name: `${name}-sidecar`, description: `the sidecar of ${name}`, user: name, process: service.sidecar },
    command: [
      "exo-sidecar",
      ...argumentsOf({
        ...{ role: literalText(service.role), broker, app: `http://127.0.0.1:${appPort}`, port: edgePort },
        ...{ "admin-port": adminPort, socket: socketOf(deployment, instance), grace: grace(deployment) },
        ...{ "attach-token-file": "%d/attach-token", "admin-token-file": "%d/metrics-token" },
      }),
    ],
    credentials: { "attach-token": tokenPaths.attach(service.name), "metrics-token": tokenPaths.metrics },
    unit: { After: unitName(deployment, "broker") },
    service: { RuntimeDirectory: socketFolder(deployment, instance), RuntimeDirectoryMode: "0700", ...onlyLoopback },
  };
}

function appUnit(deployment: Deployment, instance: HostInstance): ProcessUnit {
  const { service, name, edgePort, appPort, publicPort } = instance;
  const { folder, application } = hostPaths(deployment);
  const { build, storageBytes, role } = service;
  const sidecar = unitName(deployment, `${name}-sidecar`);
  const { gateway, host } = deployment;
  const gatewayUrl = host === undefined ? `http://127.0.0.1:${usualPorts.gateway}` : `https://${host}`;
  return {
    ...{ name, description: `the service ${name}`, user: name, process: service },
    command: ["/bin/sh", "-c", literalText(withoutBuild(build?.command ?? ""))],
    environment: {
      ...(gateway && { EXO_GATEWAY_URL: gatewayUrl }),
      ...(storageBytes !== undefined && { EXO_DATA_DIR: `%S/${folder}/${name}` }),
      ...(publicPort !== undefined && { HOST: "127.0.0.1", PORT: String(publicPort) }),
      ROLE: literalText(role),
      EXOCOM_HOST: "127.0.0.1",
      EXOCOM_PORT: String(edgePort),
      EXOCOM_SOCKET: socketOf(deployment, instance),
      EXORELAY_PORT: String(appPort),
    },
    // They live and end together: without its sidecar an app can neither send nor receive.
    unit: { After: sidecar, BindsTo: sidecar },
    service: {
      WorkingDirectory: literalText([application, build?.folder].filter(Boolean).join("/")),
      StateDirectory: storageBytes === undefined ? undefined : `${folder}/${name}`,
    },
  };
}

/** What a service needs at run time of a command that builds it first: files there cannot be written, so it is built beforehand. */
function withoutBuild(command: string): string {
  const last = command.split("&&").at(-1)?.trim() ?? "";
  const words = startupWords(last);
  return command.includes("&&") && words?.[0]?.startsWith("./") ? words.join(" ") : command;
}

function serviceUnit(deployment: Deployment, own: ProcessUnit): DeployFile {
  const { config } = hostPaths(deployment);
  const { process, credentials = {}, environment = {} } = own;
  const mine = Object.fromEntries(process.secretFiles.map((each) => [nameOf(each), pathOf(each)]));
  const variables = Object.entries(process.environment).map(([name, value]) => [name, literalText(value)] as const);
  const files = process.secretFiles.map((each) => [each.variable, `%d/${nameOf(each)}`] as const);
  const envFile = environmentFile(own.name, process);
  const text = unitText(
    hashHead(deployment, "systemd"),
    {
      Unit: {
        Description: literalText(`${deployment.application}: ${own.description}`),
        PartOf: `${deployment.name}.target`,
        ...own.unit,
        StartLimitIntervalSec: 0,
      },
      Service: {
        ExecStart: own.command.map(commandWord).join(" "),
        Environment: [...variables, ...files, ...Object.entries(environment)].map(([name, value]) =>
          assignment(name, value),
        ),
        EnvironmentFile: envFile === undefined ? undefined : `${config}/${envFile}`,
        LoadCredential: Object.entries({ ...credentials, ...mine }).map(([name, path]) => `${name}:${config}/${path}`),
        ...own.service,
        ...sandbox(userName(deployment, own.user), process, deployment),
      },
      Install: { WantedBy: `${deployment.name}.target` },
    },
    sandboxComments,
  );
  return { path: `${unitsFolder}/${unitName(deployment, own.name)}`, text };
}

function unitName({ name }: Deployment, process: string): string {
  return `${name}-${process}.service`;
}

function socketOf(deployment: Deployment, { name }: HostInstance): string {
  return `%t/${socketFolder(deployment, { name })}/sidecar.sock`;
}

/** Below /run. Short, as the path of a socket has 103 bytes at most. */
function socketFolder(deployment: Deployment, { name }: Pick<HostInstance, "name">): string {
  return `exosphere/${userName(deployment, name)}`;
}

function grace({ graceMs }: Deployment): string {
  return `${graceMs}ms`;
}
