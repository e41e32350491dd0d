import { exitCodes, packageVersion } from "@exosphere/runtime";
import { runCommand } from "./run/run-command.ts";

const version = packageVersion(import.meta.url);

const usage = `exo ${version}: the developer's tool of Exosphere

usage: exo run [folder]    runs an application: a broker, a sidecar per service, and the services
       exo mock            plays ExoCom for a service under test, in any language
       exo --version

'exo run --help' and 'exo mock --help' list their settings.
`;

/** The `exo` command: runs the subcommand that the arguments name and resolves with the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const [subcommand, ...rest] = argv;
  switch (subcommand) {
    case "run":
      return runCommand({ argv: rest, env: process.env, version });
    case "mock": {
      // It brings all edges along, which nothing else here needs.
      const { mockCommand } = await import("./mock/mock-command.ts");
      await mockCommand(rest, version);
      return exitCodes.ok;
    }
    case "--help":
    case "-h":
      process.stdout.write(usage);
      return exitCodes.ok;
    case "--version":
      process.stdout.write(`${version}\n`);
      return exitCodes.ok;
    default:
      process.stderr.write(subcommand === undefined ? usage : `exo: there is no command '${subcommand}'\n\n${usage}`);
      return exitCodes.usage;
  }
}
