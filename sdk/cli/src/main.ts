import { exitCodes, packageVersion } from "@exosphere/process";
import { didYouMean } from "@exosphere/settings";
import { printable } from "@exosphere/telemetry";
import { endQuietlyWithoutReader } from "./broken-pipe.ts";
import { commands } from "./commands.ts";
import { usage } from "./usage.ts";

const version = packageVersion(import.meta.url);

/** What is not a command by itself but asks about them. */
const words = ["help", "version"];

/** The `exo` command: runs the subcommand that the arguments name and resolves with the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  endQuietlyWithoutReader();
  const [name = "", ...rest] = argv;
  switch (name) {
    case "help":
      if (rest.length > 0) return main([...rest, "--help"]);
      return say(usage(version));
    case "--help":
    case "-h":
      return say(usage(version));
    case "version":
      return sayVersion(rest);
    case "--version":
      return say(`${version}\n`);
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command !== undefined) return command.run({ argv: rest, env: process.env, version });
  process.stderr.write(name === "" ? usage(version) : `exo: ${unknown(name)}\n`);
  return exitCodes.usage;
}

function say(text: string): number {
  process.stdout.write(text);
  return exitCodes.ok;
}

/** `exo version`, and `exo version --json`. */
async function sayVersion(argv: readonly string[]): Promise<number> {
  const { versionCommand } = await import("./version-command.ts");
  return versionCommand({ argv, env: process.env, version });
}

/** Says which command was meant, if one is close, and where all are listed. */
function unknown(name: string): string {
  const meant = didYouMean(name, [...Object.keys(commands), ...words]);
  return `there is no command '${printable(name)}'${meant}; 'exo help' lists all`;
}
