import { existsSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { secretsFolder, tokenFiles } from "../attach-tokens.ts";
import type { DeployedProcess, Deployment } from "../deployment.ts";
import { secretFilesOf as allSecretFiles } from "../deployment.ts";
import { hashHead } from "../generated-head.ts";
import { imageFiles } from "../images/image-files.ts";
import { environmentFile, environmentText, pathOf } from "../own-secrets.ts";
import type { DeployFile, SecretFile, Target } from "../target.ts";
import { composeChecker, hadolintChecker } from "./compose-checkers.ts";
import { declaredSecrets } from "./compose-secrets.ts";
import {
  allInstances,
  appService,
  brokerService,
  dashboardService,
  gatewayService,
  sidecarService,
} from "./compose-services.ts";

/** Docker Compose: a container per process, on one machine. */
export const composeTarget: Target = {
  name: "compose",
  does: "compose.yaml and a Dockerfile per service, for Docker Compose on one machine",
  files: composeFiles,
  secretFiles,
  next,
  checkers: [composeChecker, hadolintChecker],
};

function composeFiles(deployment: Deployment): readonly DeployFile[] {
  const head = hashHead(deployment, "compose");
  return [
    {
      path: "compose.yaml",
      text: `${head}${stringify(composition(deployment), { lineWidth: 0, aliasDuplicateObjects: false })}`,
    },
    { path: "routes.json", text: deployment.routesJson },
    ...(deployment.gateway ? [{ path: "rules.json", text: deployment.gateway.rulesJson }] : []),
    { path: ".gitignore", text: `${head}${secretsFolder}/\n.env\n` },
    ...imageFiles(deployment, "compose"),
  ];
}

function composition(deployment: Deployment) {
  const { gateway } = deployment;
  const instances = allInstances(deployment);
  return {
    name: deployment.name,
    services: {
      broker: brokerService(deployment),
      ...Object.fromEntries(
        instances.flatMap((instance) => [
          [instance.sidecar, sidecarService(deployment, instance)],
          [instance.name, appService(deployment, instance)],
        ]),
      ),
      ...(gateway && { gateway: gatewayService(deployment, gateway) }),
      dashboard: dashboardService(deployment),
    },
    networks: { bus: {} },
    volumes: {
      // For durable messages. Nothing of today's broker outlives it; the volume is there so that an upgrade needs no new one.
      "broker-data": {},
      ...(gateway && { "gateway-data": {} }),
      "dashboard-data": {},
      ...Object.fromEntries(instances.map(({ socket }) => [socket, socketVolume])),
      ...Object.fromEntries(
        instances.filter(({ service }) => service.storageBytes !== undefined).map(({ data }) => [data, {}]),
      ),
    },
    configs: { routes: { file: "./routes.json" }, ...(gateway && { rules: { file: "./rules.json" } }) },
    secrets: declaredSecrets(deployment),
  };
}

/** In memory, for the user of the two containers alone. */
const socketVolume = { driver_opts: { type: "tmpfs", device: "tmpfs", o: "size=1m,mode=0700,uid=65532,gid=65532" } };

function secretFiles(deployment: Deployment, kept: (path: string) => string | undefined): readonly SecretFile[] {
  const environments = environmentFilesOf(deployment).map(({ path, process }) => ({
    path,
    text: environmentText(process, kept(path)),
  }));
  return [...tokenFiles(deployment, kept, true), ...environments];
}

/** Every file of variables with secrets, once. */
function environmentFilesOf(deployment: Deployment): readonly { path: string; process: DeployedProcess }[] {
  const { broker, gateway, dashboard } = deployment;
  const processes: (readonly [string, DeployedProcess])[] = [
    ["broker", broker],
    ["dashboard", dashboard],
    ...(gateway ? [["gateway", gateway] as const] : []),
    ...allInstances(deployment).flatMap(({ name, sidecar, service }) => [
      [name, service] as const,
      [sidecar, service.sidecar] as const,
    ]),
  ];
  return processes.flatMap(([name, process]) => {
    const path = environmentFile(name, process);
    return path === undefined ? [] : [{ path, process }];
  });
}

function next(deployment: Deployment, folder: string): readonly string[] {
  const wanted = allSecretFiles(deployment).filter((each) => !existsSync(join(folder, pathOf(each))));
  const environments = environmentFilesOf(deployment).map(({ path }) => `write the secrets into ${folder}/${path}`);
  return [
    ...wanted.map((each) => `put the secret ${each.secret}/${each.key} into ${folder}/${pathOf(each)}`),
    ...environments,
    `docker compose -f ${folder}/compose.yaml up --build --detach`,
  ];
}
