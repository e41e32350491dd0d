import { baseImages, containerUser, dataFolder } from "./base-images.ts";

const folder = "/opt/exosphere";

/** The lines of the Dockerfile for the image with all commands of Exosphere: `exocom`, `exo-sidecar`, `exo-gateway`, … */
export function platformDockerfile(version: string): readonly string[] {
  return [
    `FROM ${baseImages.node} AS build`,
    `WORKDIR ${folder}`,
    `RUN npm install --no-package-lock --omit=dev --no-audit --no-fund @exosphere/cli@${version} \\`,
    "  && mkdir /data",
    "# Commands begin with '#!/usr/bin/env node', and the final image has no env.",
    "RUN find node_modules/.bin -name 'exo*' -exec sed -i --follow-symlinks '1s|^#!.*|#!/nodejs/bin/node|' {} +",
    "",
    `FROM ${baseImages.runNode}`,
    `COPY --from=build ${folder} ${folder}`,
    `COPY --from=build --chown=${containerUser} /data ${dataFolder}`,
    `ENV PATH=${folder}/node_modules/.bin:/nodejs/bin`,
    `WORKDIR ${dataFolder}`,
    `USER ${containerUser}`,
    "ENTRYPOINT []",
    'CMD ["exocom", "--help"]',
  ];
}
