import { imageMistake } from "@exosphere/injector/pod";
import type { KubernetesApplication, KubernetesProcess, KubernetesRole } from "@exosphere/kubernetes";
import { SettingsError } from "@exosphere/settings";
import type { DeployedProcess, DeployedService, Deployment, ProcessResources } from "../deployment.ts";

/** The user of all processes: that of the images which this package describes. */
const user = 65_532;

/**
 * What Kubernetes is told of an application. Throws a SettingsError with everything that it cannot run: images without a version,
 * and several gateways of one role.
 */
export function kubernetesApplication(deployment: Deployment): KubernetesApplication {
  const { name, application, version, platformImage, gateway, services, host, graceMs } = deployment;
  const mistakes = mistakesOf(deployment);
  if (mistakes.length > 0) throw new SettingsError(mistakes);
  return {
    name,
    description: application,
    version,
    image: platformImage,
    user,
    graceMs,
    roles: services.map(roleOf),
    gateway: gateway && {
      ...processOf(gateway),
      role: gateway.role,
      // It may play the role of a service, and has its token then.
      name: services.find(({ role }) => role === gateway.role)?.name ?? "gateway",
      rulesJson: gateway.rulesJson,
      host: host ?? `${name}.example`,
    },
    broker: {
      ...processOf(deployment.broker),
      routesJson: deployment.routesJson,
      storageBytes: deployment.storageBytes,
    },
    dashboard: processOf(deployment.dashboard),
    // All of them have the same.
    sidecars: services[0] ? processOf(services[0].sidecar) : nothing,
  };
}

const nothing: KubernetesProcess = { resources: {}, environment: {}, secrets: [], secretFiles: [] };

function mistakesOf({ platformImage, services, gateway }: Deployment): string[] {
  const images = [
    { image: platformImage, key: "deploy.platform", remedy: "" },
    ...services.map(({ role, image, isBuilt }) => ({
      image,
      key: isBuilt ? `services.${role}` : `services.${role}.docker-image`,
      remedy: isBuilt ? " by 'version' or 'deploy.tag'" : "",
    })),
  ];
  const wrong = images.flatMap(({ image, key, remedy }) => {
    const mistake = imageMistake(image);
    return mistake === undefined ? [] : [`application.yml: key '${key}': image '${image}' ${mistake}${remedy}`];
  });
  const many =
    gateway !== undefined && gateway.replicas > 1
      ? [
          `application.yml: key 'deploy.gateway.replicas': ${gateway.replicas} gateways of the role '${gateway.role}' would take each other's messages; leave it out`,
        ]
      : [];
  return [...wrong, ...many];
}

function roleOf(service: DeployedService): KubernetesRole {
  const { role, name, image, instances, publicPort, host, isReadOnly, storageBytes, autoscaling } = service;
  return {
    ...processOf(service),
    role,
    name,
    image,
    instances,
    publicPort,
    host,
    isReadOnly,
    storageBytes,
    autoscaling,
  };
}

function processOf({ resources, environment, secrets, secretFiles }: DeployedProcess): KubernetesProcess {
  return { resources: quantities(resources), environment, secrets, secretFiles };
}

function quantities({ requests, limits }: ProcessResources): KubernetesProcess["resources"] {
  const amounts = ({ cpuMillis, memoryBytes }: ProcessResources["limits"]) => ({
    cpu: `${cpuMillis}m`,
    memory: bytes(memoryBytes),
  });
  return { requests: amounts(requests), limits: amounts(limits) };
}

/** Bytes as people write them, where they are whole. */
function bytes(amount: number): string {
  if (amount % 2 ** 30 === 0) return `${amount / 2 ** 30}Gi`;
  return amount % 2 ** 20 === 0 ? `${amount / 2 ** 20}Mi` : String(amount);
}
