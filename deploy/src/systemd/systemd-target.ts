import { existsSync } from "node:fs";
import { join } from "node:path";
import { SettingsError } from "@exosphere/settings";
import { secretsFolder, tokenFiles } from "../attach-tokens.ts";
import { type DeployedProcess, type Deployment, secretFilesOf } from "../deployment.ts";
import { hashHead } from "../generated-head.ts";
import { environmentFile, environmentText, pathOf } from "../own-secrets.ts";
import type { DeployFile, SecretFile, Target } from "../target.ts";
import { hostInstances } from "./host-plan.ts";
import { installScript } from "./install-script.ts";
import { securityChecker, verifyChecker } from "./systemd-checkers.ts";
import { unitFiles } from "./units.ts";

/** systemd: a unit per process, on one machine. */
export const systemdTarget: Target = {
  name: "systemd",
  does: "units for systemd on one machine, and a script that installs them",
  files: systemdFiles,
  secretFiles,
  next,
  checkers: [verifyChecker, securityChecker],
};

function systemdFiles(deployment: Deployment): readonly DeployFile[] {
  const mistakes = deployment.services.flatMap(({ role, build, isBuilt }) => {
    if (build !== undefined) return [];
    return isBuilt
      ? [`key 'startup' in the service.yml of '${role}': is needed; write the shell command that starts it`]
      : [`key 'services.${role}.docker-image': cannot be run by systemd; give the service a location, or use compose`];
  });
  if (mistakes.length > 0) throw new SettingsError(mistakes);
  return [
    ...unitFiles(deployment),
    { path: "routes.json", text: deployment.routesJson },
    ...(deployment.gateway ? [{ path: "rules.json", text: deployment.gateway.rulesJson }] : []),
    { path: "install.sh", text: installScript(deployment), isExecutable: true },
    { path: ".gitignore", text: `${hashHead(deployment, "systemd")}${secretsFolder}/\n` },
  ];
}

function secretFiles(deployment: Deployment, kept: (path: string) => string | undefined): readonly SecretFile[] {
  const environments = processesOf(deployment).flatMap(([name, process]) => {
    const path = environmentFile(name, process);
    return path === undefined ? [] : [{ path, text: environmentText(process, kept(path)) }];
  });
  return [...tokenFiles(deployment, kept, false), ...environments];
}

function next(deployment: Deployment, folder: string): readonly string[] {
  const missing = secretFilesOf(deployment).filter((each) => !existsSync(join(folder, pathOf(each))));
  return [
    ...missing.map((each) => `put the secret ${each.secret}/${each.key} into ${folder}/${pathOf(each)}`),
    ...processesOf(deployment)
      .flatMap(([name, process]) => environmentFile(name, process) ?? [])
      .map((path) => `write the secrets into ${folder}/${path}`),
    `npm install --global @exosphere/cli@${deployment.platformVersion}, then as root: ${folder}/install.sh`,
  ];
}

function processesOf(deployment: Deployment): readonly (readonly [string, DeployedProcess])[] {
  const { broker, gateway, dashboard } = deployment;
  return [
    ["broker", broker],
    ...(gateway ? [["gateway", gateway] as const] : []),
    ["dashboard", dashboard],
    ...hostInstances(deployment).flatMap(({ name, service }) => [
      [name, service] as const,
      [`${name}-sidecar`, service.sidecar] as const,
    ]),
  ];
}
