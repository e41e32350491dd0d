import { relative, sep } from "node:path";
import type { Application, ApplicationService, ProcessDeployment } from "@exosphere/application";
import type {
  DeployedGateway,
  DeployedProcess,
  DeployedService,
  Deployment,
  ProcessResources,
  ServiceBuild,
} from "./deployment.ts";
import { routesJson, rulesJson } from "./json-files.ts";
import { labelOf, labelsOf } from "./labels.ts";
import { usualResources, withUsual } from "./resources.ts";
import { serviceLanguage } from "./service-language.ts";

/** Labels of what is not a service. */
const reservedLabels = ["broker", "gateway", "dashboard", "nats", "envoy", "injector", "exosphere"];

/** Where a public service serves people, unless its service.yml says so. */
const usualPublicPort = 8080;

/** As `--grace` of every process. */
const usualGraceMs = 10_000;

const nothing: ProcessDeployment = {
  resources: { requests: {}, limits: {} },
  environment: {},
  secrets: [],
  secretFiles: [],
};

/** What a deployment is made from beside the application. */
export interface DeploymentOptions {
  /** The absolute path of the folder that files are written into. */
  readonly output: string;
  /** The version of Exosphere. */
  readonly platformVersion: string;
}

/** Says what an application is when it is deployed. Reads names of files in the services' folders, and writes nothing. */
export function deploymentOf(application: Application, options: DeploymentOptions): Deployment {
  const { deploy, root, version } = application;
  const name = labelOf(application.name);
  const images = deploy.images ?? name;
  const labels = labelsOf(
    application.services.map(({ role }) => role),
    reservedLabels,
  );
  const tag = deploy.tag ?? tagOf(version);
  const shared = { application, images, tag };
  return {
    application: application.name,
    name,
    version,
    root,
    rootFromOutput: slashes(relative(options.output, root)) || ".",
    outputFromRoot: slashes(relative(root, options.output)) || ".",
    images,
    tag,
    platformImage: deploy.platform ?? `${images}/exosphere:${options.platformVersion}`,
    platformVersion: options.platformVersion,
    host: deploy.host,
    storageBytes: deploy.storageBytes,
    graceMs: usualGraceMs,
    routesJson: routesJson(application.routes),
    broker: processOf(deploy.broker, usualResources.broker),
    gateway: gatewayOf(application),
    dashboard: processOf(deploy.dashboard, usualResources.dashboard),
    services: application.services.map((service) => serviceOf(service, labels.get(service.role) as string, shared)),
    envoy: deploy.envoy,
  };
}

function gatewayOf({ gateway, deploy }: Application): DeployedGateway | undefined {
  if (gateway === undefined) return undefined;
  return {
    ...processOf(deploy.gateway, usualResources.gateway),
    role: gateway.role,
    replicas: deploy.gateway.replicas,
    rulesJson: rulesJson(gateway.role, gateway.clients),
  };
}

function serviceOf(
  service: ApplicationService,
  name: string,
  { application, images, tag }: { application: Application; images: string; tag: string },
): DeployedService {
  const { role, type, port, dockerImage, deploy, environment } = service;
  const own = processOf(deploy ?? nothing, usualResources.service);
  return {
    ...own,
    environment: { ...environment, ...own.environment },
    role,
    name,
    type,
    image: dockerImage ?? `${images}/${name}:${tag}`,
    isBuilt: dockerImage === undefined,
    build: dockerImage === undefined ? buildOf(service, application) : undefined,
    instances: service.instances ?? deploy?.autoscaling?.min ?? 1,
    autoscaling: deploy?.autoscaling,
    publicPort: port ?? (type === "public" ? usualPublicPort : undefined),
    host: deploy?.host,
    isReadOnly: deploy?.isReadOnly ?? true,
    storageBytes: deploy?.storageBytes,
    sidecar: processOf(application.deploy.sidecars, usualResources.sidecar),
  };
}

function buildOf({ directory, startup, deploy }: ApplicationService, { root }: Application): ServiceBuild | undefined {
  if (directory === undefined || startup === undefined) return undefined;
  const { command } = startup;
  const language = deploy?.language ?? serviceLanguage(directory, command);
  return { language, folder: slashes(relative(root, directory)), command };
}

function processOf(wanted: ProcessDeployment, usual: ProcessResources): DeployedProcess {
  return {
    resources: withUsual(wanted.resources, usual),
    environment: wanted.environment,
    secrets: wanted.secrets,
    secretFiles: wanted.secretFiles,
  };
}

/** A version as a tag of images; without a version, `latest`. */
function tagOf(version: string): string {
  const tag = version
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[.-]+/, "")
    .slice(0, 128);
  return tag === "" ? "latest" : tag;
}

function slashes(path: string): string {
  return path.split(sep).join("/");
}
