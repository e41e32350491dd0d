import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { ServiceLanguage } from "@exosphere/application";
import type { ServiceBuild } from "../deployment.ts";
import { baseImages, containerUser, dataFolder } from "./base-images.ts";
import { programArguments, startupWords } from "./startup-words.ts";

/** A service whose language is known. */
export type KnownBuild = ServiceBuild & { readonly language: ServiceLanguage };

/** What the Dockerfile of a language is made from. */
interface Recipe {
  readonly build: KnownBuild;
  /** The absolute path of the application's folder. */
  readonly root: string;
  /** Where the service is in the image, and in the stage that builds it. */
  readonly workdir: string;
  /** Is there a file of this name in the service's folder? */
  has(pattern: RegExp): boolean;
}

/**
 * The lines of a Dockerfile for a service, built in the application's folder: in several stages, run by a user without rights, without
 * a shell where the language and the startup command allow it.
 */
export function serviceDockerfile(build: KnownBuild, root: string): readonly string[] {
  const names = readdirSync(join(root, build.folder));
  const workdir = build.folder === "" ? "/app" : `/app/${build.folder}`;
  return recipes[build.language]({ build, root, workdir, has: (pattern) => names.some((name) => pattern.test(name)) });
}

const recipes: Readonly<Record<ServiceLanguage, (recipe: Recipe) => readonly string[]>> = {
  js: nodeRecipe,
  ts: nodeRecipe,
  python: pythonRecipe,
  go: goRecipe,
  java: javaRecipe,
  rust: rustRecipe,
  bash: bashRecipe,
};

function nodeRecipe(recipe: Recipe): readonly string[] {
  const [program, ...rest] = startupWords(recipe.build.command) ?? [];
  return [
    ...buildStage(baseImages.node),
    ...nodePackages(recipe),
    "",
    ...(program === "node"
      ? runStage(baseImages.runNode, recipe.workdir, ["COPY --from=build /app /app"], ["/nodejs/bin/node", ...rest])
      : shellStage(baseImages.node, recipe)),
  ];
}

/** Packages of the application and, where it has its own, of the service. */
function nodePackages({ build, root, workdir }: Recipe): readonly string[] {
  const places = [...new Set(["", build.folder])].filter((folder) => existsSync(join(root, folder, "package.json")));
  return places.map((folder) => {
    const install = existsSync(join(root, folder, "package-lock.json")) ? "npm ci" : "npm install --no-package-lock";
    const prefix = folder === "" ? "/app" : workdir;
    return `RUN ${install} --prefix ${prefix} --omit=dev --no-audit --no-fund`;
  });
}

function pythonRecipe(recipe: Recipe): readonly string[] {
  const [program = "", ...rest] = startupWords(recipe.build.command) ?? [];
  const install = recipe.has(/^requirements\.txt$/)
    ? `RUN pip install --no-cache-dir --target /packages -r ${recipe.workdir}/requirements.txt`
    : "RUN mkdir /packages";
  const copied = [
    "COPY --from=build /packages /packages",
    "COPY --from=build /app /app",
    "ENV PYTHONPATH=/packages PYTHONUNBUFFERED=1",
  ];
  return [
    ...buildStage(baseImages.python),
    install,
    "",
    ...(/^python3?$/.test(program)
      ? runStage(baseImages.runPython, recipe.workdir, copied, ["/usr/bin/python3", ...rest])
      : [
          ...shellStage(baseImages.python, recipe, [
            "COPY --from=build /packages /packages",
            "ENV PYTHONPATH=/packages PATH=/packages/bin:$PATH",
          ]),
        ]),
  ];
}

function goRecipe(recipe: Recipe): readonly string[] {
  const what = recipe.has(/^go\.mod$/) ? "." : "./*.go";
  return [
    ...buildStage(baseImages.go),
    `WORKDIR ${recipe.workdir}`,
    `RUN CGO_ENABLED=0 go build -trimpath -o /out/service ${what}`,
    "",
    ...programStage(baseImages.runStatic, recipe),
  ];
}

function rustRecipe(recipe: Recipe): readonly string[] {
  const [, source = "main.rs"] = /(\S+\.rs)/.exec(recipe.build.command) ?? [];
  const compile = recipe.has(/^Cargo\.toml$/)
    ? "RUN cargo install --path . --root /out && mv /out/bin/* /out/service"
    : `RUN mkdir /out && rustc -O -o /out/service ${source}`;
  return [
    ...buildStage(baseImages.rust),
    `WORKDIR ${recipe.workdir}`,
    compile,
    "",
    ...programStage(baseImages.runC, recipe),
  ];
}

function javaRecipe(recipe: Recipe): readonly string[] {
  const words = startupWords(recipe.build.command) ?? [];
  const [program, source = "", ...rest] = words;
  if (program === "java" && source.endsWith(".java")) {
    const main = source.replace(/^.*\//, "").replace(/\.java$/, "");
    return [
      ...buildStage(baseImages.java),
      `WORKDIR ${recipe.workdir}`,
      "RUN javac -d /out ./*.java",
      "",
      ...runStage(
        baseImages.runJava,
        "/out",
        ["COPY --from=build /out /out"],
        ["/usr/bin/java", "-cp", "/out", main, ...rest],
      ),
    ];
  }
  const jarAt = words.indexOf("-jar");
  if (recipe.has(/^pom\.xml$/) && program === "java" && jarAt > 0) {
    const folders = ["COPY --from=build /app /app"];
    return [
      ...buildStage(baseImages.maven),
      `WORKDIR ${recipe.workdir}`,
      "RUN mvn -q -B package -DskipTests",
      "",
      ...runStage(baseImages.runJava, recipe.workdir, folders, ["/usr/bin/java", ...words.slice(1)]),
    ];
  }
  return [...buildStage(baseImages.java), "", ...shellStage(baseImages.java, recipe)];
}

function bashRecipe(recipe: Recipe): readonly string[] {
  const words = startupWords(recipe.build.command) ?? ["bash", "-c", recipe.build.command];
  return [
    "# A script needs a shell, and curl to speak with its sidecar.",
    `FROM ${baseImages.debian}`,
    "# hadolint ignore=DL3008",
    "RUN apt-get update && apt-get install -y --no-install-recommends bash curl && rm -rf /var/lib/apt/lists/* \\",
    `  && install -d -o 65532 -g 65532 ${dataFolder}`,
    "COPY . /app",
    ...ending(recipe.workdir, words),
  ];
}

function buildStage(image: string): readonly string[] {
  // Empty, for the final image: distroless ones have no shell to make it in.
  return [`FROM ${image} AS build`, "RUN mkdir /data", "COPY . /app", "WORKDIR /app"];
}

function runStage(image: string, workdir: string, copies: readonly string[], command: readonly string[]) {
  return [
    `FROM ${image}`,
    ...copies,
    `COPY --from=build --chown=${containerUser} /data ${dataFolder}`,
    ...ending(workdir, command),
  ];
}

/** For a compiled program, which needs nothing of its folder. */
function programStage(image: string, { build }: Recipe): readonly string[] {
  const rest = programArguments(build.command) ?? [];
  return runStage(image, "/", ["COPY --from=build /out/service /service"], ["/service", ...rest]);
}

/** For a startup command that only a shell can run. */
function shellStage(image: string, { workdir, build }: Recipe, copies: readonly string[] = []): readonly string[] {
  const command = ["/bin/sh", "-c", build.command];
  return [
    "# The startup command needs a shell.",
    ...runStage(image, workdir, ["COPY --from=build /app /app", ...copies], command),
  ];
}

function ending(workdir: string, command: readonly string[]): readonly string[] {
  return [`WORKDIR ${workdir}`, `USER ${containerUser}`, `ENTRYPOINT ${JSON.stringify(command)}`];
}
