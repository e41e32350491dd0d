import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { type Found, ok, type Patient, problem } from "./finding.ts";
import { programsIn } from "./programs-in.ts";

interface Needed {
  readonly program: string;
  readonly roles: string[];
  readonly path: string | undefined;
}

/** The programs that start and test the services: whether the shell would find them. */
export function checkPrograms({ application, env }: Patient): readonly Found[] {
  const needed = new Map<string, Needed>();
  for (const { role, directory, startup, tests, environment } of application?.services ?? []) {
    if (directory === undefined) continue;
    const commands = [startup?.command, tests?.command].filter((command) => command !== undefined);
    for (const program of new Set(commands.flatMap(programsIn))) {
      const key = program.includes("/") ? resolve(directory, program) : program;
      const known = needed.get(key) ?? {
        program,
        roles: [],
        path: whereIs(program, directory, environment?.PATH ?? env.PATH),
      };
      known.roles.push(role);
      needed.set(key, known);
    }
  }
  if (needed.size === 0) return [ok("no service of this folder needs any")];
  return [...needed.values()].map(({ program, roles, path }) => {
    const who = roles.join(", ");
    if (path !== undefined) return ok(`${program} of ${who} is ${path}`);
    return problem(
      `${program} is not found, and ${who} ${roles.length === 1 ? "needs" : "need"} it; install it, or correct the command in the service.yml`,
    );
  });
}

/** Where the shell would find a program, from a folder. */
function whereIs(program: string, directory: string, path = ""): string | undefined {
  const candidates = program.includes("/")
    ? [resolve(directory, program)]
    : path.split(delimiter).map((folder) => join(resolve(directory, folder), program));
  return candidates.find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
