import { type Settings, setting, settingFacts } from "@exosphere/settings";
import type { Command } from "../command.ts";

/** A flag as shells complete it. */
export interface FlagWords {
  /** With its dashes. */
  readonly flag: string;
  /** What it is for, in a line. */
  readonly help: string;
  /** What may follow. */
  readonly value: "none" | "any" | "file" | readonly string[];
}

/** A command as shells complete it. */
export interface CommandWords {
  readonly name: string;
  readonly does: string;
  readonly flags: readonly FlagWords[];
  /** The words that each operand may be, in their order; one that is empty, or missing, is completed as a file. */
  readonly operands: readonly (readonly string[])[];
}

/** Flags of every command: the settings package reads them. */
const ofAll: readonly FlagWords[] = [
  ...flagsOf("config", setting.file({ help: "YAML or JSON file with settings, named as the flags" })),
  { flag: "--help", help: "prints what the command takes", value: "none" },
  { flag: "--version", help: "prints the version", value: "none" },
];

/** What shells complete: every command of the table with its flags, `help` and `version`. */
export async function commandWords(commands: Readonly<Record<string, Command>>): Promise<readonly CommandWords[]> {
  const words = await Promise.all(
    Object.entries(commands).map(async ([name, { does, settings, words = async () => [] }]): Promise<CommandWords> => {
      const own = Object.entries((await settings()) satisfies Settings).flatMap(([key, each]) => flagsOf(key, each));
      return { name, does, flags: [...own, ...ofAll], operands: await words() };
    }),
  );
  const json: FlagWords = { flag: "--json", help: "as JSON, for programs", value: "none" };
  return [
    ...words,
    { name: "help", does: "says what there is, or what a command takes", flags: [], operands: [Object.keys(commands)] },
    { name: "version", does: "says which version this is", flags: [json], operands: [] },
  ];
}

function flagsOf(name: string, declared: Settings[string]): FlagWords[] {
  const { flag, placeholder, values, help } = settingFacts(name, declared);
  if (values.length > 0) return [{ flag, help, value: values }];
  if (placeholder !== undefined) return [{ flag, help, value: placeholder === "FILE" ? "file" : "any" }];
  // What is on by default is given to switch it off.
  return [{ flag: declared.default === true ? `--no-${flag.slice(2)}` : flag, help, value: "none" }];
}
