import type { Settings } from "@exosphere/settings";

/** What a command is given. */
export interface CommandInput {
  /** Arguments after the command's name. */
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Of this installation. */
  readonly version: string;
}

/** A command of `exo`. */
export interface Command {
  /** What follows the name, for people: `[folder]`. */
  readonly operands?: string;
  /** What it does, for people, in one line without a full stop. */
  readonly does: string;
  /** Its settings, whose flags shells complete. */
  readonly settings: () => Promise<Settings>;
  /** The words that its operands may be, a list for each; those that are no fixed words have none, and are files. */
  readonly words?: () => Promise<readonly (readonly string[])[]>;
  /** Runs it and resolves with the exit code; never rejects. Each loads its own code, which the others do not need. */
  readonly run: (input: CommandInput) => Promise<number>;
}
