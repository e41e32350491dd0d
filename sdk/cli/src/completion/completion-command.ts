import { exitCodes } from "@exosphere/process";
import { didYouMean, loadSettings, SettingsError } from "@exosphere/settings";
import { printable } from "@exosphere/telemetry";
import type { Command } from "../command.ts";
import { type FileCommandInput, runFileCommand } from "../file-command.ts";
import { bashScript } from "./bash.ts";
import { type CommandWords, commandWords } from "./command-words.ts";
import { fishScript } from "./fish.ts";
import { type Shell, shells } from "./shells.ts";
import { zshScript } from "./zsh.ts";

const command = "exo completion";

const scripts: Readonly<Record<Shell, (commands: readonly CommandWords[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** What `exo completion` is given. */
export interface CompletionInput extends FileCommandInput {
  /** The table of commands that is to be completed. */
  readonly commands: Readonly<Record<string, Command>>;
}

/** `exo completion`: prints a script that completes commands and flags in a shell. Resolves with the exit code; never rejects. */
export function completionCommand(input: CompletionInput): Promise<number> {
  const load = () =>
    loadSettings({
      command,
      about:
        "Prints a script by which a shell completes the commands of exo and their flags. bash: source <(exo completion bash); zsh: source <(exo completion zsh), after compinit; fish: exo completion fish | source.",
      version: input.version,
      settings: {},
      positionals: { name: "SHELL", help: shells.join(", "), max: 1 },
      argv: input.argv,
      env: input.env,
    });
  return runFileCommand(command, input, load, async ({ positionals: [name] }, { print }) => {
    const shell = shells.find((each) => each === name);
    if (shell === undefined) throw new SettingsError([unknownShell(name)]);
    print(scripts[shell](await commandWords(input.commands)).trimEnd());
    return exitCodes.ok;
  });
}

function unknownShell(name: string | undefined): string {
  if (name === undefined) return `which shell is missing: ${shells.join(", ")}`;
  return `there is no script for '${printable(name)}'${didYouMean(name, shells)}; there are: ${shells.join(", ")}`;
}
