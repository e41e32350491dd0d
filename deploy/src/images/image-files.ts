import { SettingsError } from "@exosphere/settings";
import type { DeployedService, Deployment } from "../deployment.ts";
import { hashHead } from "../generated-head.ts";
import type { DeployFile } from "../target.ts";
import { platformDockerfile } from "./platform-dockerfile.ts";
import { type KnownBuild, serviceDockerfile } from "./service-dockerfile.ts";

/** The folder for Dockerfiles in that of a target. */
export const imagesFolder = "images";

/** What no image needs, and some must not have. */
const notInImages = [
  ...["**/.git", "**/node_modules", "**/.data", "**/.exosphere", "**/__pycache__", "**/.env*"],
  ...["**/secrets", "**/*.log"],
];

/** Where the Dockerfile of a service is, in the folder of a target. */
export function dockerfileOf({ name }: Pick<DeployedService, "name">): string {
  return `${imagesFolder}/${name}.Dockerfile`;
}

/** Where the Dockerfile of the image with the commands of Exosphere is. */
export const platformDockerfilePath = `${imagesFolder}/exosphere.Dockerfile`;

/**
 * A Dockerfile for each service that has a folder, with what it leaves out of the build, and one for the commands of Exosphere.
 *
 * @throws SettingsError with every service of which it cannot be told how to build it
 */
export function imageFiles(deployment: Deployment, target: string): readonly DeployFile[] {
  const head = hashHead(deployment, target);
  const known = knownBuilds(deployment);
  const output = deployment.outputFromRoot;
  // The generated files themselves, unless they are elsewhere: a change of one needs no new image.
  const left = output.startsWith(".") ? notInImages : [...notInImages, output];
  const ignored = `${head}${left.join("\n")}\n`;
  return [
    { path: platformDockerfilePath, text: textOf(head, platformDockerfile(deployment.platformVersion)) },
    ...[...known].flatMap(([service, build]) => {
      const path = dockerfileOf(service);
      const text = textOf(head, serviceDockerfile(build, deployment.root));
      return [
        { path, text },
        { path: `${path}.dockerignore`, text: ignored },
      ];
    }),
  ];
}

function knownBuilds({ services }: Deployment): ReadonlyMap<DeployedService, KnownBuild> {
  const [known, mistakes] = [new Map<DeployedService, KnownBuild>(), [] as string[]];
  for (const service of services) {
    const { build, role } = service;
    if (build === undefined && service.isBuilt)
      mistakes.push(`key 'startup' in the service.yml of '${role}': is needed; write the shell command that starts it`);
    if (build === undefined) continue;
    const { language } = build;
    if (language !== undefined) known.set(service, { ...build, language });
    else
      mistakes.push(
        `key 'services.${role}.deploy.language': is needed, as neither the startup command nor the files say which language '${role}' is in`,
      );
  }
  if (mistakes.length > 0) throw new SettingsError(mistakes);
  return known;
}

function textOf(head: string, lines: readonly string[]): string {
  return `${head}${lines.join("\n")}\n`;
}
