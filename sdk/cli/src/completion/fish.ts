import type { CommandWords, FlagWords } from "./command-words.ts";

/** A script that completes `exo` in fish. */
export function fishScript(commands: readonly CommandWords[]): string {
  const names = commands.map(
    ({ name, does }) => `complete -c exo -f -n __fish_use_subcommand -a ${name} -d ${quoted(does)}`,
  );
  const rest = commands.flatMap((command) => {
    const seen = `-n '__fish_seen_subcommand_from ${command.name}'`;
    return [
      ...command.flags.map((flag) => `complete -c exo ${seen} ${flagWords(flag)}`),
      ...command.operands.flatMap((words, index) => operandWords(command.name, words, index)),
    ];
  });
  return [
    "# Completes exo in fish: exo completion fish | source",
    "complete -c exo -e",
    // The words before the one that is completed, less the flags: at which operand it is.
    "function __exo_operand",
    "  set -l words (commandline -opc | string match -v -- '-*')",
    '  test "$words[2]" = $argv[1]; and test (count $words) -eq $argv[2]',
    "end",
    ...names,
    ...rest,
    "",
  ].join("\n");
}

function flagWords({ flag, help, value }: FlagWords): string {
  const described = `-l ${flag.slice(2)} -d ${quoted(help)}`;
  if (value === "none") return described;
  if (value === "file") return `${described} -r -F`;
  return value === "any" ? `${described} -x` : `${described} -x -a ${quoted(value.join(" "))}`;
}

function operandWords(command: string, words: readonly string[], index: number): string[] {
  if (words.length === 0) return [];
  return [`complete -c exo -f -n '__exo_operand ${command} ${index + 2}' -a ${quoted(words.join(" "))}`];
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
