import type { Command } from "./command.ts";
import { commands } from "./commands.ts";

/** What `exo help` says. */
export function usage(version: string): string {
  const rows = [
    ...Object.entries(commands).map(([name, command]) => row(name, command)),
    row("help", { operands: "[command]", does: "says this, or lists the settings of a command" }),
    row("version", { does: "says which version this is" }),
  ];
  const width = Math.max(...rows.map(([left]) => left.length));
  const lines = rows.map(([left, does]) => `  ${left.padEnd(width)}  ${does}`);
  return [`exo ${version}: the developer's tool of Exosphere`, "", "commands:", ...lines, "", ""].join("\n");
}

function row(name: string, { operands, does }: Pick<Command, "operands" | "does">): readonly [string, string] {
  return [operands === undefined ? `exo ${name}` : `exo ${name} ${operands}`, does];
}
