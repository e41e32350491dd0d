import { bytesAmount, cpuMillis, hostName, imageName, imagePrefix, imageTag, secretVariables } from "./deploy-forms.ts";
import {
  type Amounts,
  type ApplicationDeployment,
  type Autoscaling,
  type ProcessDeployment,
  type Resources,
  type ServiceDeployment,
  serviceLanguages,
} from "./deploy-section.ts";
import { flag, integer, oneOf, structure } from "./form.ts";
import { KeyedMap } from "./keyed-map.ts";
import { MapDeclaration } from "./map-declaration.ts";
import { environmentForm, readEnvironment } from "./read-environment.ts";
import { envoyKeys, readEnvoy } from "./read-envoy.ts";
import type { YamlValue } from "./yaml-value.ts";

/** Room for durable messages, as `exocom serve` takes by default. */
const usualStorageBytes = 8 * 2 ** 30;

/** Most instances that a key may ask for: far beyond what one broker serves of one role. */
const maxInstances = 1_000;

/** Percent of the CPU that instances are to use: room for a load that doubles while new ones start. */
const usualCpuPercent = 70;

const amountKeys = new MapDeclaration({
  cpu: { form: cpuMillis, does: "CPUs, `250m` or `0.5`" },
  memory: { form: bytesAmount, does: "bytes of memory, `256Mi`" },
});

const resourceKeys = new MapDeclaration({
  requests: { form: structure(amountKeys.schema), does: "what it is promised" },
  limits: { form: structure(amountKeys.schema), does: "what it gets at most" },
});

const processKeys = {
  resources: { form: structure(resourceKeys.schema), does: "CPU and memory of each process" },
  environment: { form: environmentForm, does: "variables of the process where it is deployed" },
  secrets: {
    form: secretVariables,
    does: "variables that come from secrets, `VARIABLE: secret/key`",
  },
  "secret-files": {
    form: secretVariables,
    does: "variables that name a file with the content of a secret, `VARIABLE: secret/key`",
  },
} as const;

const processMap = new MapDeclaration(processKeys);

const gatewayMap = new MapDeclaration({
  replicas: { form: integer(1, maxInstances), does: "how many gateways there are" },
  ...processKeys,
});

const autoscalingMap = new MapDeclaration({
  min: { form: integer(1, maxInstances), does: "fewest instances", need: "say how many instances there are at least" },
  max: { form: integer(1, maxInstances), does: "most instances", need: "say how many instances there are at most" },
  cpu: { form: integer(1, 100), does: "percent of the requested CPU that instances are to use" },
});

/** The keys of `services.<role>.deploy` in application.yml. */
export const serviceDeployKeys = new MapDeclaration({
  language: {
    form: oneOf(serviceLanguages),
    does: "the language that its image is built for; found out by its files and its startup command",
  },
  host: { form: hostName, does: "name by which people reach a public service" },
  "read-only": { form: flag, does: "whether it may write nothing but temporary files" },
  storage: {
    form: bytesAmount,
    does: "room for files that each instance keeps, in the folder that the variable `EXO_DATA_DIR` names; without it, it keeps none",
  },
  autoscaling: {
    form: structure(autoscalingMap.schema),
    does: "between how many instances it moves with its load, where the target can do that",
  },
  ...processKeys,
});

/** The keys of `deploy` in application.yml. */
export const deployKeys = new MapDeclaration({
  images: { form: imagePrefix, does: "what names of images begin with: a registry and a path in it" },
  tag: { form: imageTag, does: "tag of the images" },
  platform: { form: imageName, does: "image with the commands of Exosphere" },
  host: { form: hostName, does: "name by which clients reach the gateway" },
  storage: { form: bytesAmount, does: "room for what the broker keeps" },
  broker: { form: structure(processMap.schema), does: "how the broker is deployed" },
  gateway: { form: structure(gatewayMap.schema), does: "how the gateway is deployed" },
  dashboard: { form: structure(processMap.schema), does: "how the dashboard is deployed" },
  sidecars: { form: structure(processMap.schema), does: "how each sidecar is deployed" },
  envoy: { form: structure(envoyKeys.schema), does: "Envoy before the gateway and the broker" },
});

/** Reads `deploy` of application.yml. */
export function readDeploy(value: YamlValue | undefined): ApplicationDeployment {
  const map = KeyedMap.of(value, deployKeys);
  return {
    images: map?.read("images"),
    tag: map?.read("tag"),
    platform: map?.read("platform"),
    host: map?.read("host"),
    storageBytes: map?.read("storage") ?? usualStorageBytes,
    broker: readProcess(KeyedMap.of(map?.get("broker"), processMap)),
    gateway: readGateway(map?.get("gateway")),
    dashboard: readProcess(KeyedMap.of(map?.get("dashboard"), processMap)),
    sidecars: readProcess(KeyedMap.of(map?.get("sidecars"), processMap)),
    envoy: readEnvoy(map?.get("envoy")),
  };
}

/** Reads `services.<role>.deploy` of application.yml. */
export function readServiceDeploy(value: YamlValue | undefined): ServiceDeployment {
  const map = KeyedMap.of(value, serviceDeployKeys);
  return {
    ...readProcess(map),
    language: map?.read("language"),
    autoscaling: readAutoscaling(map?.get("autoscaling")),
    host: map?.read("host"),
    isReadOnly: map?.read("read-only") ?? true,
    storageBytes: map?.read("storage"),
  };
}

function readGateway(value: YamlValue | undefined) {
  const map = KeyedMap.of(value, gatewayMap);
  return { ...readProcess(map), replicas: map?.read("replicas") ?? 1 };
}

function readProcess(map: KeyedMap<typeof processKeys> | undefined): ProcessDeployment {
  return {
    resources: readResources(map?.get("resources")),
    environment: readEnvironment(map?.get("environment")),
    secrets: map?.read("secrets") ?? [],
    secretFiles: map?.read("secret-files") ?? [],
  };
}

function readResources(value: YamlValue | undefined): Resources {
  const map = KeyedMap.of(value, resourceKeys);
  const requests = readAmounts(map?.get("requests"));
  const limits = readAmounts(map?.get("limits"));
  for (const amount of ["cpuMillis", "memoryBytes"] as const) {
    if ((requests[amount] ?? 0) > (limits[amount] ?? Number.POSITIVE_INFINITY))
      value?.refuse("has a request that is above its limit; lower the one or raise the other");
  }
  return { requests, limits };
}

function readAmounts(value: YamlValue | undefined): Amounts {
  const map = KeyedMap.of(value, amountKeys);
  const cpu = map?.read("cpu");
  const memory = map?.read("memory");
  return { ...(cpu !== undefined && { cpuMillis: cpu }), ...(memory !== undefined && { memoryBytes: memory }) };
}

function readAutoscaling(value: YamlValue | undefined): Autoscaling | undefined {
  const map = KeyedMap.of(value, autoscalingMap);
  const min = map?.read("min");
  const max = map?.read("max");
  const cpuPercent = map?.read("cpu") ?? usualCpuPercent;
  if (min === undefined || max === undefined) return undefined;
  if (min > max) return value?.refuse(`has a 'min' of ${min} that is above its 'max' of ${max}; change one of them`);
  return { min, max, cpuPercent };
}
