import { exitCodes, packageVersion } from "@exosphere/process";
import { printable } from "@exosphere/telemetry";
import { endQuietlyWithoutReader } from "./broken-pipe.ts";
import { runCommand } from "./run/run-command.ts";

const version = packageVersion(import.meta.url);

const usage = `exo ${version}: the developer's tool of Exosphere

usage: exo run [folder]    runs an application: a broker, a sidecar per service, the services, gateway and dashboard
       exo tap             shows what happens on the bus, as it happens
       exo top             shows roles, rates, latencies and queues
       exo trace [activity]  shows one activity from its first message to its last
       exo mock            plays ExoCom for a service under test, in any language
       exo types [folder]  writes the messages that services send and receive as TypeScript
       exo generate [folder]  writes openapi.json and asyncapi.json of the gateway
       exo help [command]  says this, or lists the settings of a command
       exo version

`;

/** The `exo` command: runs the subcommand that the arguments name and resolves with the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  endQuietlyWithoutReader();
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
    case "tap":
    case "top":
    case "trace": {
      const { tapCommand, topCommand, traceCommand } = await import("./watch/commands.ts");
      const command = { tap: tapCommand, top: topCommand, trace: traceCommand }[subcommand];
      return command({ argv: rest, env: process.env, version });
    }
    case "types": {
      const { typesCommand } = await import("./types/types-command.ts");
      return typesCommand({ argv: rest, env: process.env, version });
    }
    case "generate": {
      const { generateCommand } = await import("./generate/generate-command.ts");
      return generateCommand({ argv: rest, env: process.env, version });
    }
    case "help":
      if (rest.length > 0) return main([...rest, "--help"]);
      process.stdout.write(usage);
      return exitCodes.ok;
    case "--help":
    case "-h":
      process.stdout.write(usage);
      return exitCodes.ok;
    case "version":
    case "--version":
      process.stdout.write(`${version}\n`);
      return exitCodes.ok;
    default:
      process.stderr.write(
        subcommand === undefined ? usage : `exo: there is no command '${printable(subcommand)}'\n\n${usage}`,
      );
      return exitCodes.usage;
  }
}
